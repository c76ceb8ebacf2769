public import JSON

/// What an element of a resource can be made of.
public protocol ElementValue: Sendable {
    /// The element's JSON.
    var json: JSONValue { get }
}

extension JSONValue: ElementValue {
    public var json: JSONValue { self }
}
extension JSONObject: ElementValue {
    public var json: JSONValue { .object(self) }
}
extension JSONNumber: ElementValue {
    public var json: JSONValue { .number(self) }
}
extension String: ElementValue {
    public var json: JSONValue { .string(self) }
}
extension Int: ElementValue {
    public var json: JSONValue { .number(JSONNumber(self)) }
}
extension Bool: ElementValue {
    public var json: JSONValue { .bool(self) }
}
extension Array: ElementValue where Element: ElementValue {
    public var json: JSONValue { .array(map(\.json)) }
}

extension JSONObject {
    /// An object of the elements that say something (R4 JSON §2.6.2: no null, no empty string, array or object).
    ///
    /// What is nil or blank is left out, at this level; nested objects are made the same way.
    public init(elements: KeyValuePairs<String, (any ElementValue)?>) {
        self.init()
        for (name, value) in elements {
            if let json = value?.json, !json.isBlank { self[name] = json }
        }
    }
}

extension JSONValue {
    var isBlank: Bool {
        switch self {
        case .null: true
        case .string(let text): text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
        case .array(let elements): elements.allSatisfy(\.isBlank)
        case .object(let object): object.isEmpty
        case .bool, .number: false
        }
    }

    /// The elements of a repeating element; empty when it is absent or not repeating.
    var elements: [JSONValue] { array ?? [] }
}
