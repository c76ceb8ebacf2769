/// One JSON value (RFC 8259 §3).
///
/// Numbers keep their text and objects keep the order of their members, so that a document that is read and written
/// again says exactly what it said before. Equality of objects does not look at the order of members; equality of
/// numbers looks at their text (`0.87` and `0.870` differ, as FHIR decimals do).
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// Reads one JSON text.
    ///
    /// - Throws: `JSONError` with the offset of the first byte that is not JSON text in UTF-8, repeats a key, or
    ///   exceeds a limit.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        var parser = try JSONParser(bytes: bytes, limits: limits)
        self = try parser.document()
    }

    /// The JSON text of this value in UTF-8.
    public func serialized(_ style: JSONStyle = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.write(self)
        return writer.bytes
    }
}

// Typed views: nil when the value is of another kind.
extension JSONValue {
    /// The text of a string.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number as an integer, when its text is a plain integer that fits.
    public var int: Int? { number?.int }

    /// The truth value.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The number with its text.
    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The member of an object; nil when this is no object or has no such member.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// The element of an array; nil when this is no array or the index is outside it.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

// A literal with a decimal point is left out on purpose: it would pass through Double and lose its text.
extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }
}
