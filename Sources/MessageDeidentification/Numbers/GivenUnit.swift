/// One of the units that are given with a number, as a code or in words.
struct GivenUnit: Sendable {
    /// What it can mean.
    enum Meaning: Sendable {
        case time(UnitOfTime)
        /// A year to some (année, Jahr), an ampere or a joule to others.
        case yearOrOther
        /// A known unit of something else.
        case other
        case unknown
    }

    let meaning: Meaning
    /// Whether it is published, so that it stands in the result.
    let isWritten: Bool

    /// Whether it is published and no unit of time.
    var isWrittenOther: Bool {
        guard case .other = meaning else { return false }
        return isWritten
    }

    /// A code of a published system; `isUCUM` where that is one of units.
    init(published code: String, isUCUM: Bool) {
        isWritten = true
        if isUCUM {
            meaning = UnitOfTime(ucum: code).map { .time($0) } ?? .other
        } else {
            meaning = UnitOfTime(word: code).map { .time($0) } ?? .unknown
        }
    }

    /// A text, or a code of somebody's own.
    init(word: String) {
        isWritten = false
        if word == "A" || word == "J" {
            meaning = .yearOrOther
        } else {
            meaning = UnitOfTime(word: word).map { .time($0) } ?? .unknown
        }
    }
}
