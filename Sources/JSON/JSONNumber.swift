/// A JSON number as it was written (RFC 8259 §6).
///
/// The text is the value: precision is significant in FHIR decimals, and integers beyond 64 bits stay whole.
public struct JSONNumber: Sendable, Hashable {
    /// The number as it stands in the document.
    public let text: String

    /// A number from its text; nil when the text is not a number in the grammar of RFC 8259.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard Self.end(of: bytes, from: 0) == bytes.count else { return nil }
        self.text = text
    }

    /// An integer.
    public init(_ value: Int) { text = String(value) }

    init(validated text: String) { self.text = text }

    /// The integer, when the text has neither fraction nor exponent and the value fits.
    public var int: Int? { Int(text) }

    /// The nearest double; nil when the number is beyond its range.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The offset behind the longest number that starts at `start`; nil when there is none.
    static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        func skipDigits() -> Bool {
            let first = index
            while index < bytes.count, ASCII.isDigit(bytes[index]) { index += 1 }
            return index > first
        }
        if index < bytes.count, bytes[index] == ASCII.minus { index += 1 }
        if index < bytes.count, bytes[index] == ASCII.zero {
            index += 1
        } else if !skipDigits() {
            return nil
        }
        if index < bytes.count, bytes[index] == ASCII.point {
            index += 1
            guard skipDigits() else { return nil }
        }
        if index < bytes.count, bytes[index] | 0x20 == ASCII.exponent {
            index += 1
            if index < bytes.count, bytes[index] == ASCII.plus || bytes[index] == ASCII.minus { index += 1 }
            guard skipDigits() else { return nil }
        }
        return index
    }
}

/// The bytes that have a meaning in JSON text.
enum ASCII {
    static let quote: UInt8 = 0x22
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let point: UInt8 = 0x2E
    static let zero: UInt8 = 0x30
    static let colon: UInt8 = 0x3A
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let exponent: UInt8 = 0x65
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D

    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }
}
