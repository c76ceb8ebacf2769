public import Mapping

/// All models of the installation, in the order of the configuration.
public struct InstalledModels: Sendable {
    /// Those whose results are reported, then those that only run in the shadow: the order in which they are asked
    /// whether an order is theirs.
    public let all: [InstalledModel]

    public init(_ models: [InstalledModel]) {
        all = models.filter { $0.mode == .report } + models.filter { $0.mode == .shadow }
    }

    /// The rules of their folders, for routing.
    public var rules: [ModelRule] { all.map(\.rule) }

    /// Who is asked about one order.
    struct Lineup: Sendable {
        /// Whose answer is reported; nil where only shadow models are made for the order.
        let answering: InstalledModel?
        let shadows: [InstalledModel]
    }

    /// Who is asked about an order; nil where no model is.
    ///
    /// Where the site's rules, changed since the order was accepted, claim it no more, the models' own rules decide: what
    /// was accepted is not dropped silently.
    func lineup(for order: ImagingOrder, routing: Routing) -> Lineup? {
        var named: String?
        if case .model(let id, _) = routing.among(rules).route(order) { named = id }
        let taker = all.first { model in named.map { $0 == model.rule.id } ?? model.rule.claims(order) }
        guard let taker else { return nil }
        let shadows = all.filter { $0.mode == .shadow && ($0.rule.id == taker.rule.id || $0.rule.claims(order)) }
        return Lineup(answering: taker.mode == .report ? taker : nil, shadows: shadows)
    }
}
