/// How many elements met which fate, and by which rule.
struct ActionCounts: Hashable, Sendable {
    private(set) var actions: [Action: Int] = [:]
    private(set) var rules: [String: Int] = [:]
    private(set) var ages: [PatientAge.Source: Int] = [:]

    mutating func add(_ action: Action, _ rule: DefaultDeny.Rule) {
        actions[action, default: 0] += 1
        rules["\(action.rawValue):\(rule.rawValue)", default: 0] += 1
    }

    mutating func add(age source: PatientAge.Source) { ages[source, default: 0] += 1 }
}
