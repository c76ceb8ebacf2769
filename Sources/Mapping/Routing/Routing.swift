/// Which model an order is for.
public enum RoutingDecision: Sendable, Hashable {
    /// - Parameters:
    ///   - id: The model.
    ///   - rule: The name of the rule that claimed the order.
    case model(id: String, rule: String)
    /// Not for any model; a stable reason: `noRule` or `orderControl`.
    case notApplicable(reason: String)
}

/// The rules of `mappings/routing/`: pure, on the order alone, before any image is touched.
public struct Routing: Sendable, Equatable {
    let rules: [RoutingRule]

    /// The first rule that claims the order decides.
    ///
    /// A message that carries no order (a question, an answer, ORC-1 such as `SS` or `UA`) is never claimed.
    public func route(_ order: ImagingOrder) -> RoutingDecision {
        guard order.orderControl.action != .conversation else { return .notApplicable(reason: "orderControl") }
        for rule in rules where rule.alternatives.contains(where: { $0.unfulfilled(by: order).isEmpty }) {
            return .model(id: rule.model, rule: rule.name)
        }
        return .notApplicable(reason: "noRule")
    }

    /// The models that the rules name.
    public var models: Set<String> { Set(rules.map(\.model)) }

    /// For each rule and alternative, the conditions that the order does not fulfil. Names only, no values.
    public func explain(_ order: ImagingOrder) -> [(rule: String, unfulfilled: [RoutingField])] {
        rules.flatMap { rule in rule.alternatives.map { (rule.name, $0.unfulfilled(by: order)) } }
    }
}
