public import JSON

/// A record of an access (R4 §6.4); `Audit` makes them.
public struct AuditEvent: TypedResource {
    public static let resourceType = "AuditEvent"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// C, R, U, D or E.
    public var action: String? { text("action") }
    public var recorded: String? { text("recorded") }
    /// 0, 4, 8 or 12.
    public var outcome: String? { text("outcome") }
    public var type: Coding? { one("type", Coding.init(json:)) }
    public var subtype: [Coding] { list("subtype", Coding.init(json:)) }
    /// The agents as they stand.
    public var agents: [JSONValue] { elements["agent"]?.elements ?? [] }
    /// The entities as they stand.
    public var entities: [JSONValue] { elements["entity"]?.elements ?? [] }
}
