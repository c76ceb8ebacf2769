/// Ages above 89 years become 90, as in images (45 CFR 164.514(b)(2)(i)(C)): few people are so old.
enum AgeLimit {
    /// What an observation is about, as far as it matters here.
    enum Topic: Sendable {
        case age
        /// A day of birth: it goes.
        case birth
        case other

        /// By codes of its concept, of whatever system.
        init(codes: some Sequence<String>) {
            let codes = Set(codes)
            self = !codes.isDisjoint(with: births) ? .birth : codes.isDisjoint(with: ages) ? .other : .age
        }
    }

    /// What becomes of a number.
    enum Verdict: Sendable, Equatable {
        case stays
        /// It becomes 90, in years.
        case ninety
        /// It goes: in its unit it would tell the age.
        case goes
    }

    /// - Parameters:
    ///   - unit: as coded or written; nil where none is given. Durations of more than 89 years are ages.
    ///   - isAge: whether the concept is an age; a number without a known unit is one in years then.
    static func verdict(_ text: String, unit: String?, isAge: Bool) -> Verdict {
        guard let value = Double(text) else { return .goes }
        guard let unit, let perYear = perYear[unit.lowercased()] else { return isAge && value > 89 ? .ninety : .stays }
        if perYear == 1 { return value > 89 ? .ninety : .stays }
        return value / perYear >= 90 ? .goes : .stays
    }

    /// LOINC, SNOMED CT and PS3.16.
    private static let ages: Set<String> = [
        "30525-0", "21611-9", "21612-7", "29553-5", "35659-2", "63900-5", "397669002", "397659008", "424144002",
        "121033",
    ]
    private static let births: Set<String> = ["21112-8", "184099003", "121031"]

    private static let perYear: [String: Double] = {
        var units: [String: Double] = [:]
        for name in ["a", "a_t", "a_j", "a_g", "ann", "y", "yr", "yrs", "year", "years", "j", "jahr", "jahre"] {
            units[name] = 1
        }
        for name in ["mo", "mo_s", "mo_j", "mo_g", "mon", "mth", "month", "months", "monat", "monate"] {
            units[name] = 12
        }
        for name in ["wk", "w", "week", "weeks", "woche", "wochen"] { units[name] = 52.1775 }
        for name in ["d", "day", "days", "tag", "tage"] { units[name] = 365.25 }
        for name in ["h", "hr", "hour", "hours"] { units[name] = 8_766 }
        return units
    }()
}
