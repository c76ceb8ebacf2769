internal import Glibc
internal import JSON

extension JSONValue {
    /// A real number with so many places behind the point; null where it is not finite.
    static func real(_ value: Double?, places: Int = 6) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        let scale = pow(10, Double(places))
        let rounded = (value * scale).rounded() / scale
        return JSONNumber(String(rounded == 0 ? 0 : rounded)).map { .number($0) } ?? .null
    }

    /// A real number with all its digits.
    static func exact(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return JSONNumber(String(value)).map { .number($0) } ?? .null
    }

    static func count(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
}
