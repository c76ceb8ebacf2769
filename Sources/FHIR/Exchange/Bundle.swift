public import JSON

/// A collection of resources: search result, transaction, answer to one (R4 §2.36).
public struct Bundle: TypedResource {
    public static let resourceType = "Bundle"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// A transaction of the given entries, in their order.
    public init(transaction entries: [BundleEntry]) {
        self.init(elements: ["type": "transaction", "entry": entries])
    }

    /// `searchset`, `transaction`, `transaction-response`, `history`, …
    public var type: String? { text("type") }

    /// The server's count of matches; servers may leave it out or be wrong.
    public var total: Int? { elements["total"]?.int }

    public var entries: [BundleEntry] { list("entry", BundleEntry.init(json:)) }

    /// The URL of a link such as `next` or `self`, to be followed verbatim.
    public func link(_ relation: String) -> String? {
        elements["link"]?.elements.first { $0["relation"]?.string == relation }?["url"]?.string
    }

    /// The matches of a search: entries that say `match`, or say nothing, of the given type. Included resources and
    /// outcomes are no matches.
    public func matches<Typed: TypedResource>(_ type: Typed.Type) -> [Typed] {
        entries.filter { $0.searchMode == nil || $0.searchMode == "match" }.compactMap { $0.resource?.as(type) }
    }

    /// The warnings a server put among the results.
    public var outcomes: [OperationOutcome] {
        entries.filter { $0.searchMode == "outcome" }.compactMap { $0.resource?.as(OperationOutcome.self) }
    }
}
