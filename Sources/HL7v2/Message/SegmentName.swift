/// The grammar of segment names: three upper-case letters or digits, a letter first.
enum SegmentName {
    static let MSH = code("MSH".utf8)
    static let BHS = code("BHS".utf8)
    static let BTS = code("BTS".utf8)
    static let FHS = code("FHS".utf8)
    static let FTS = code("FTS".utf8)

    static func isValid(_ name: some Collection<UInt8>) -> Bool { name.count == 3 && code(name) != 0 }

    /// The three characters as one number; 0 if they are no name. More than three are not looked at.
    static func code(_ name: some Sequence<UInt8>) -> UInt32 {
        var characters = name.makeIterator()
        guard let first = characters.next(), let second = characters.next(), let third = characters.next() else {
            return 0
        }
        return code(first, second, third)
    }

    /// The same of three bytes.
    static func code(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        guard isLetter(first), isLetter(second) || isDigit(second), isLetter(third) || isDigit(third) else { return 0 }
        return UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
