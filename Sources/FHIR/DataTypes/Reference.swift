public import JSON

/// A pointer to another resource: by address, by business identifier, or both (R4 §2.3).
public struct Reference: Hashable, Redacted, ElementValue {
    public var reference: String?
    public var type: String?
    public var identifier: Identifier?
    public var display: String?

    public init(_ reference: String?, type: String? = nil, identifier: Identifier? = nil, display: String? = nil) {
        self.reference = reference
        self.type = type
        self.identifier = identifier
        self.display = display
    }

    /// A relative reference `Type/id`.
    public init(type: String, id: String) { self.init("\(type)/\(id)") }

    /// A logical reference: the resource is known by its identifier only.
    public init(identifier: Identifier, type: String) { self.init(nil, type: type, identifier: identifier) }

    public init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        self.init(
            object["reference"]?.string, type: object["type"]?.string,
            identifier: object["identifier"].flatMap(Identifier.init(json:)), display: object["display"]?.string)
    }

    public var json: JSONValue {
        JSONObject(elements: ["reference": reference, "type": type, "identifier": identifier, "display": display]).json
    }

    /// The resource meant by a literal reference, without version; nil for contained, `urn:` and logical references.
    public var target: ReferenceTarget? { reference.flatMap(ReferenceTarget.init) }
}

/// Type and id at the end of a literal reference, and the server before them.
public struct ReferenceTarget: Hashable, Sendable {
    /// The service root of an absolute reference without its last slash; nil for a relative one.
    public let base: String?
    public let type: String
    public let id: String

    /// Reads `[base/]Type/id[/_history/version]`.
    public init?(_ reference: String) {
        var parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2, let id = parts.popLast(), let type = parts.popLast(), isValidID(String(id)),
            type.utf8.first.map({ (0x41...0x5A).contains($0) }) == true,
            type.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) })
        else { return nil }
        base = parts.isEmpty ? nil : parts.joined(separator: "/")
        self.type = String(type)
        self.id = String(id)
    }

    /// Whether this and another reference mean one resource on the server at `serverBase`. An absolute reference to
    /// another server, or to any server when none is named, is never the same as a relative one.
    public func isSame(as other: ReferenceTarget, onServerAt serverBase: String?) -> Bool {
        let root = serverBase.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        return type == other.type && id == other.id && (base ?? root) == (other.base ?? root)
    }
}
