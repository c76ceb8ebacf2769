/// Which model an order is for.
public enum RoutingDecision: Sendable, Hashable {
    /// - Parameters:
    ///   - id: The model.
    ///   - rule: The name of the rule that claimed the order.
    case model(id: String, rule: String)
    /// Not for any model; a stable reason: `noRule`, `orderControl` or `noModel`.
    case notApplicable(reason: String)
}

/// The rules of `mappings/routing/`: pure, on the order alone, before any image is touched.
///
/// A rule of the site says that an order is for a model, and may say for which. Where it does not, the models of the
/// installation are asked in their order: the first whose own rule fits the order takes it.
public struct Routing: Sendable, Equatable {
    let rules: [RoutingRule]
    /// The models of the installation with the rules of their folders; nil where no installation is known.
    let installed: [ModelRule]?

    init(rules: [RoutingRule], installed: [ModelRule]? = nil) {
        self.rules = rules
        self.installed = installed
    }

    /// The same rules for an installation with these models.
    public func among(_ models: [ModelRule]) -> Routing { Routing(rules: rules, installed: models) }

    /// The first rule that claims the order and has a model for it decides.
    ///
    /// A message that carries no order (a question, an answer, ORC-1 such as `SS` or `UA`) is never claimed. `noModel`:
    /// rules claim the order, but for none of them the installation has the model of the name, or one whose own rule
    /// fits.
    public func route(_ order: ImagingOrder) -> RoutingDecision {
        guard order.orderControl.action != .conversation else { return .notApplicable(reason: "orderControl") }
        let claiming = rules.filter { $0.claims(order) }
        guard let first = claiming.first else { return .notApplicable(reason: "noRule") }
        guard let installed else { return .model(id: first.model ?? "*", rule: first.name) }
        // A broad rule that finds no taker does not hide a later one that names its model.
        for rule in claiming {
            let taker = installed.first { model in rule.model.map { $0 == model.id } ?? model.claims(order) }
            if let taker { return .model(id: taker.id, rule: rule.name) }
        }
        return .notApplicable(reason: "noModel")
    }

    /// The models that the rules name.
    public var models: Set<String> { Set(rules.compactMap(\.model)) }

    /// For each rule and alternative, the conditions that the order does not fulfil. Names only, no values.
    public func explain(_ order: ImagingOrder) -> [(rule: String, unfulfilled: [RoutingField])] {
        rules.flatMap { rule in rule.alternatives.map { (rule.name, $0.unfulfilled(by: order)) } }
    }
}
