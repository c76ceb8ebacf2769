/// Ages above 89 years become 90, as in images (45 CFR 164.514(b)(2)(i)(C)): few people are so old.
enum AgeLimit {
    /// What an observation is about, as far as it matters here.
    enum Topic: Sendable {
        case age
        /// A day or year of birth: it goes.
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
        /// It goes: in its unit it would tell the age, or nobody could read it.
        case goes
    }

    /// By every unit that is given, above all by those that stand in the result. No number becomes 90 but one of years.
    ///
    /// - Parameters:
    ///   - units: none where the number stands alone. Durations of more than 89 years are ages.
    ///   - isAge: whether the concept is an age: a number alone is one in years then, so that one whose unit is not known,
    ///     or is not written and no year, goes.
    static func verdict(_ text: String, units: [GivenUnit], isAge: Bool) -> Verdict {
        guard let value = Double(text) else { return .goes }
        guard !units.isEmpty else {
            return !isAge || value.magnitude <= 89 ? .stays : value > 0 ? .ninety : .goes
        }
        let written = units.filter(\.isWritten).map { time($0, isAge: isAge, among: units) }
        let times = units.compactMap { time($0, isAge: isAge, among: units) }
        if isAge {
            guard !times.isEmpty, written.allSatisfy({ $0 != nil }),
                !written.isEmpty || times.allSatisfy(\.isYear)
            else { return .goes }
        }
        guard times.contains(where: { $0.isYear ? value.magnitude > 89 : value.magnitude / $0.perYear >= 90 }) else {
            return .stays
        }
        let isOfYears = times.allSatisfy(\.isYear) && written.allSatisfy { $0 != nil }
        return isOfYears && value > 0 ? .ninety : .goes
    }

    private static func time(_ unit: GivenUnit, isAge: Bool, among units: [GivenUnit]) -> UnitOfTime? {
        switch unit.meaning {
        case .time(let time): time
        case .yearOrOther where isAge: .year
        // Said once more in a published code that is no time: that one.
        case .yearOrOther: units.contains(where: \.isWrittenOther) ? nil : .perhapsYear
        case .other, .unknown: nil
        }
    }

    /// LOINC, SNOMED CT and PS3.16.
    private static let ages: Set<String> = [
        "30525-0", "21611-9", "21612-7", "29553-5", "35659-2", "63900-5", "397669002", "397659008", "424144002",
        "121033",
    ]
    private static let births: Set<String> = ["21112-8", "80904-6", "184099003", "121031"]
}
