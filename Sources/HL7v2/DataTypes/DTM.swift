/// A date or time with the precision and zone that the sender gave: `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`
/// (data types DTM, TS and DT, HL7 v2.5.1 §2.A.22). Nothing is invented: no midnight, no zone.
public struct DTM: Sendable, Hashable, CustomStringConvertible {
    /// Always given, 1 to 9999.
    public let year: Int
    /// 1 to 12; nil where the precision ends at the year.
    public let month: Int?
    /// 1 to 31.
    public let day: Int?
    /// 0 to 23; nil for a date.
    public let hour: Int?
    /// 0 to 59.
    public let minute: Int?
    /// 0 to 59.
    public let second: Int?
    /// One to four digits after the point.
    public let fraction: String?
    /// Minutes east of UTC; nil where the sender gave no zone.
    public let offset: Int?

    init(numbers: [Int], fraction: String?, offset: Int?) {
        func number(_ index: Int) -> Int? { index < numbers.count ? numbers[index] : nil }
        year = number(0) ?? 0
        month = number(1)
        day = number(2)
        hour = number(3)
        minute = number(4)
        second = number(5)
        self.fraction = fraction
        self.offset = offset
    }

    /// - Throws: `dateTimeInvalid` unless the text has the form above and names a day and time that exist.
    public init(parsing text: String) throws(HL7v2Error) {
        var rest = Array(text.trimmingBlanks.utf8)[...]
        var offset: Int?
        if let sign = rest.lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
            offset = try Self.offset(rest[sign...])
            rest = rest[..<sign]
        }
        var fraction: String?
        if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
            fraction = try Self.fraction(rest[(point + 1)...])
            rest = rest[..<point]
        }
        let numbers = try Self.numbers(rest)
        guard fraction == nil || numbers.count == 6 else { throw HL7v2Error(.dateTimeInvalid) }
        self.init(numbers: numbers, fraction: fraction, offset: offset)
    }

    private static func numbers(_ digits: ArraySlice<UInt8>) throws(HL7v2Error) -> [Int] {
        guard [4, 6, 8, 10, 12, 14].contains(digits.count), let year = number(digits.prefix(4)), year > 0 else {
            throw HL7v2Error(.dateTimeInvalid)
        }
        var numbers = [year]
        var rest = digits.dropFirst(4)
        while let pair = number(rest.prefix(2)) {
            let index = numbers.count
            let bounds = [1...12, 1...daysIn(month: numbers.last ?? 1, year: year), 0...23, 0...59, 0...59]
            guard bounds[index - 1].contains(pair) else { throw HL7v2Error(.dateTimeInvalid) }
            numbers.append(pair)
            rest = rest.dropFirst(2)
        }
        guard rest.isEmpty else { throw HL7v2Error(.dateTimeInvalid) }
        return numbers
    }

    private static func offset(_ text: ArraySlice<UInt8>) throws(HL7v2Error) -> Int {
        guard text.count == 5, let hours = number(text.dropFirst().prefix(2)), let minutes = number(text.suffix(2)),
            hours <= 14, minutes <= 59
        else { throw HL7v2Error(.dateTimeInvalid) }
        return (text.first == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func fraction(_ digits: ArraySlice<UInt8>) throws(HL7v2Error) -> String {
        guard (1...4).contains(digits.count), number(digits) != nil else { throw HL7v2Error(.dateTimeInvalid) }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The form of the data type, with the precision and zone given.
    public var description: String {
        func pad(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var text = pad(year, 4) + [month, day, hour, minute, second].compactMap(\.self).map { pad($0, 2) }.joined()
        text += fraction.map { "." + $0 } ?? ""
        guard let offset else { return text }
        return text + (offset < 0 ? "-" : "+") + pad(abs(offset) / 60, 2) + pad(abs(offset) % 60, 2)
    }
}
