/// How many elements met which fate, and by which rule.
struct ActionCounts: Hashable, Sendable {
    private(set) var actions: [Action: Int] = [:]
    private(set) var rules: [String: Int] = [:]
    private(set) var ages: [PatientAge.Source: Int] = [:]
    /// Objects rewritten.
    private(set) var instances = 0

    mutating func add(_ action: Action, _ rule: DefaultDeny.Rule) {
        actions[action, default: 0] += 1
        rules["\(action.rawValue):\(rule.rawValue)", default: 0] += 1
    }

    mutating func addInstance(age source: PatientAge.Source) {
        instances += 1
        ages[source, default: 0] += 1
    }

    mutating func merge(_ other: Self) {
        actions.merge(other.actions, uniquingKeysWith: +)
        rules.merge(other.rules, uniquingKeysWith: +)
        ages.merge(other.ages, uniquingKeysWith: +)
        instances += other.instances
    }
}
