public import JSON

/// Where a resource came from (R4 §6.3).
public struct Provenance: TypedResource {
    public static let resourceType = "Provenance"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    public var target: [Reference] { list("target", Reference.init(json:)) }
    public var recorded: String? { text("recorded") }
    /// Who took part: `agent.who`.
    public var agents: [Reference] { list("agent") { $0["who"].flatMap(Reference.init(json:)) } }
}
