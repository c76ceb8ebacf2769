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

    /// Who is asked about an order, or why no model is.
    ///
    /// The site's rules decide as they hold now: an order that they claim no more, since it was accepted, is not
    /// reported. It ends visibly, and with a person where its report is out already.
    func lineup(for order: ImagingOrder, routing: Routing) -> Result<Lineup, OrderWorker.Decline> {
        switch routing.among(rules).route(order) {
        case .notApplicable(reason: "noModel"): return .failure(.noModel)
        case .notApplicable: return .failure(.noRule)
        case .model(let id, _):
            guard let taker = all.first(where: { $0.rule.id == id }) else { return .failure(.noModel) }
            let shadows = all.filter { $0.mode == .shadow && ($0.rule.id == id || $0.rule.claims(order)) }
            return .success(Lineup(answering: taker.mode == .report ? taker : nil, shadows: shadows))
        }
    }
}
