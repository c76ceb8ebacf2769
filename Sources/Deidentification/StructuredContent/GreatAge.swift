internal import DICOM

/// Ages of 90 years and more, which are all one (45 CFR 164.514(b)(2)(i)(C)).
enum GreatAge {
    /// How many of each unit (UCUM) are ninety years; what has another unit is taken for years.
    private static let ninetyYears: [String: Double] = [
        "a": 90, "mo": 1080, "wk": 4696, "d": 32_873, "h": 788_940, "min": 47_336_400, "s": 2_840_184_000,
    ]

    /// An item of Measured Value Sequence (0040,A300) with an age in it, at most ninety years and said once: other forms
    /// of the number (PS3.3 C.18.1) go. Nil without a number that can be read.
    static func capped(_ measured: DataSet) -> DataSet? {
        let units = measured.items(.measurementUnitsCodeSequence).first?.string(.codeValue)
        guard let value = measured.double(.numericValue) else { return nil }
        let most = units.flatMap { ninetyYears[$0] } ?? 90
        var result = measured
        for tag in otherForms { result[tag] = nil }
        if value > most - 1 { result.set(.numericValue, .DS, String(Int(most))) }
        return result
    }

    /// Floating Point Value, Rational Numerator Value, Rational Denominator Value.
    private static let otherForms: [Tag] = [.floatingPointValue, Tag(0x0040, 0xA162), Tag(0x0040, 0xA163)]

    /// 90y, 93yo: a number and a unit in one word.
    static func stands(in word: String) -> Bool {
        guard isGreat(String(word.prefix(while: \.isNumber))) else { return false }
        let unit = word.drop(while: \.isNumber)
        return unit.hasPrefix("y") || unit.hasPrefix("j")
    }

    /// Whether a number is one by the word before or behind it: `aged 93`, `93 years`, `93-year-old`.
    static func stands(_ number: String, between before: String?, and behind: String?) -> Bool {
        guard isGreat(number) else { return false }
        let unit = (behind ?? "").lowercased()
        let announcement = (before ?? "").lowercased().filter(\.isLetter)
        return units.contains { unit.hasPrefix($0) } || announcements.contains(announcement)
    }

    private static func isGreat(_ digits: String) -> Bool { (Int(digits) ?? 0) > 89 && digits.count <= 3 }

    private static let units = ["year", "yr", "y/o", "yo", "y.o", "jahr", "jähr", "ans", "años", "anni"]
    private static let announcements: Set<String> = ["age", "aged", "alter", "âge", "edad", "età"]
}
