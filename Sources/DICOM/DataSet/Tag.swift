/// The tag of a data element (PS3.5 §7.1): group and element number, ordered as elements are in a data set.
public struct Tag: Hashable, Comparable, Sendable {
    /// The group number; odd for private elements.
    public let group: UInt16
    /// The element number.
    public let element: UInt16

    /// A tag from its two numbers.
    public init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    /// Eight hexadecimal digits, as DICOM JSON and QIDO-RS write a tag; nil for anything else.
    public init?(hex: String) {
        let digits = hex.utf8
        guard digits.count == 8, digits.allSatisfy(Self.isHexDigit), let value = UInt32(hex, radix: 16) else {
            return nil
        }
        self.init(rawValue: value)
    }

    /// Group in the upper, element in the lower 16 bits.
    public init(rawValue: UInt32) {
        self.init(UInt16(rawValue >> 16), UInt16(rawValue & 0xFFFF))
    }

    /// Group in the upper, element in the lower 16 bits.
    public var rawValue: UInt32 { UInt32(group) << 16 | UInt32(element) }

    /// Whether the group is odd (PS3.5 §7.8).
    public var isPrivate: Bool { group & 1 == 1 }

    /// Whether this is a group length, retired everywhere but in groups 0000 and 0002 (PS3.5 §7.2).
    public var isGroupLength: Bool { element == 0 }

    /// Eight upper-case hexadecimal digits.
    public var hex: String { Self.hex(group) + Self.hex(element) }

    /// By group, then element: the order of a data set.
    public static func < (lhs: Tag, rhs: Tag) -> Bool { lhs.rawValue < rhs.rawValue }

    static func hex(_ value: UInt16) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }
}

extension Tag: CustomStringConvertible {
    /// `(0010,0020)`
    public var description: String { "(\(Self.hex(group)),\(Self.hex(element)))" }
}
