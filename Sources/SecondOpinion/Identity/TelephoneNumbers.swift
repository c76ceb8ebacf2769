/// Telephone numbers, compared from the end: nobody writes the codes of country, trunk and area alike.
package struct TelephoneNumbers: Sendable {
    /// Digits that have to be the same.
    package static let least = 7
    static let most = 15

    private struct Number: Sendable {
        /// Without leading zeros.
        let digits: [UInt8]
        let kind: HitKind
    }

    /// By their last seven digits.
    private var numbers: [Int: [Number]] = [:]

    var isEmpty: Bool { numbers.isEmpty }

    /// Whether a text is written as a telephone number is: digits and separators, not digits alone but for a trunk code.
    package static func isWrittenSo(_ text: String) -> Bool {
        var digits = 0
        for byte in text.utf8 {
            if (0x30...0x39).contains(byte) { digits += 1 } else if !isSeparator(byte) { return false }
        }
        return (least...most).contains(digits) && (digits < text.utf8.count || text.hasPrefix("0"))
    }

    /// + ( ) / - . space, and of UTF-8 a hard space and the hyphens at U+2010.
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x28, 0x29, 0x2B, 0x2D, 0x2E, 0x2F, 0xA0, 0xC2, 0xE2, 0x80, 0x90...0x93: true
        default: false
        }
    }

    /// Adds the digits of a text.
    mutating func add(_ text: String, _ kind: HitKind) {
        let digits = text.replacing("(0)", with: "").utf8.filter { (0x30...0x39).contains($0) }.drop { $0 == 0x30 }
        guard (Self.least...Self.most).contains(digits.count) else { return }
        let number = Number(digits: Array(digits), kind: kind)
        let last = Self.last(number.digits)
        if numbers[last]?.contains(where: { $0.digits == number.digits }) == true { return }
        numbers[last, default: []].append(number)
    }

    /// As what `digits` are known.
    func kind(of digits: [UInt8]) -> HitKind? {
        let digits = digits.drop { $0 == 0x30 }
        guard (Self.least...Self.most).contains(digits.count), let known = numbers[Self.last(digits)] else {
            return nil
        }
        return known.first { Self.isSame($0.digits, digits) }?.kind
    }

    /// The number that the last seven digits make.
    private static func last(_ digits: some BidirectionalCollection<UInt8>) -> Int {
        digits.suffix(least).reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// One ends with the other, or both differ before the national number only.
    private static func isSame(_ one: [UInt8], _ other: ArraySlice<UInt8>) -> Bool {
        let same = zip(one.reversed(), other.reversed()).prefix { $0 == $1 }.count
        let (first, second) = (one.count - same, other.count - same)
        // A day that is the end of another number is a day.
        if first > 0, second == 0, isDay(other) { return false }
        return same >= least && (first == 0 || second == 0 || same >= 9 && max(first, second) <= 4)
    }

    private static func isDay(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.count == 8 && CalendarDay(number: digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }) != nil
    }
}
