internal import DICOM

/// Ages of 90 years and more, which are all one (45 CFR 164.514(b)(2)(i)(C)): measured ones. Those in words are
/// `GreatAgeWords`.
enum GreatAge {
    /// How many of each unit (UCUM) are ninety years; of all kinds of years and months, whose days differ by a few.
    private static let ninetyYears: [String: Double] = [
        "a": 90, "a_j": 90, "a_g": 90, "a_t": 90, "mo": 1080, "mo_j": 1080, "mo_g": 1080, "mo_s": 1080, "wk": 4696,
        "d": 32_873, "h": 788_940, "min": 47_336_400, "s": 2_840_184_000,
    ]

    /// An item with Numeric Value (0040,A30A) and its units, of Measured Value Sequence (0040,A300) or of a content item
    /// (PS3.3 §10.2): where it is an age, at most ninety years and said once, other forms of the number (PS3.3 C.18.1)
    /// go. What has years for its unit is an age, whatever its concept; `isAge` where the concept says so. Nil where a
    /// value cannot be read, or cannot be told from a great age: another number in its place would be a wrong one.
    static func capped(_ measured: DataSet, isAge: Bool) -> DataSet? {
        let units = measured.items(.measurementUnitsCodeSequence)
        let isYears = units.contains(where: Self.isYears)
        guard isAge || isYears else { return measured }
        let values = measured.strings(.numericValue)
        let numbers = measured.doubles(.numericValue)
        guard !numbers.isEmpty, numbers.count == values.count else { return nil }
        var result = measured
        for tag in otherForms { result[tag] = nil }
        guard numbers.contains(where: { $0 > 89 }) else { return result }
        let code = units.count == 1 ? units.first?.string(.codeValue) : nil
        guard let most = isYears ? 90 : code.flatMap({ ninetyYears[$0] }) else { return nil }
        let capped = zip(values, numbers).map { text, number in number > most - 1 ? String(Int(most)) : text }
        result[.numericValue] = DataElement(.numericValue, .DS, .text(capped))
        return result
    }

    /// The same of a content item that holds its number itself; without it where `capped` answers nil.
    static func cappedItem(_ item: DataSet) -> DataSet {
        guard item[.measurementUnitsCodeSequence] != nil else { return item }
        if let capped = capped(item, isAge: false) { return capped }
        var result = item
        for tag in otherForms + [.numericValue] { result[tag] = nil }
        return result
    }

    /// Floating Point Value, Rational Numerator Value, Rational Denominator Value.
    private static let otherForms: [Tag] = [.floatingPointValue, Tag(0x0040, 0xA162), Tag(0x0040, 0xA163)]

    /// By the code, or by a meaning that says nothing else, whatever the scheme.
    private static func isYears(_ unit: DataSet) -> Bool {
        if let code = unit.string(.codeValue), ninetyYears[code] == 90 { return true }
        let meaning = (unit.string(.codeMeaning) ?? "").lowercased().filter(\.isLetter)
        return ["year", "years", "yr", "yrs", "jahr", "jahre", "ans", "años", "anni"].contains(meaning)
    }
}
