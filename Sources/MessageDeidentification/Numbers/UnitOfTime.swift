/// A unit of time, by a code of UCUM or by somebody's own word.
struct UnitOfTime: Sendable, Equatable {
    /// How many make a year.
    let perYear: Double
    /// Whether it is the year itself: a number in it can be an age.
    let isYear: Bool

    /// A year.
    static let year = UnitOfTime(perYear: 1, isYear: true)
    /// A year, or what is no time at all: no number in it may be made 90.
    static let perhapsYear = UnitOfTime(perYear: 1, isYear: false)

    private init(perYear: Double, isYear: Bool) { (self.perYear, self.isYear) = (perYear, isYear) }

    /// Of UCUM (§30, §31), where case counts: `A` is an ampere and `J` a joule. Products of times and numbers are times
    /// too (`10.a`); nil for all others.
    init?(ucum text: String) {
        var seconds = 1.0
        var dimension = 0
        var sign = 1
        var rest = text[...]
        while !rest.isEmpty {
            let part = rest.prefix { $0 != "." && $0 != "/" }
            rest = rest.dropFirst(part.count)
            if let factor = Self.number(part) {
                seconds *= sign > 0 ? factor : 1 / factor
            } else if let (atom, exponent) = Self.atom(part) {
                for _ in 0..<abs(exponent) { seconds *= sign * exponent > 0 ? atom : 1 / atom }
                dimension += sign * exponent
            } else if !part.isEmpty {
                return nil
            }
            sign = rest.popFirst() == "/" ? -1 : 1
        }
        guard dimension == 1 else { return nil }
        perYear = Self.secondsPerYear / seconds
        isYear = Self.years.contains(text)
    }

    /// Of a text or a code of one's own. An annotation of UCUM (§12) is such a text: `{days}`, and none beside a unit:
    /// `mo{corrected}`.
    init?(word text: String) {
        guard text.utf8.count <= 64 else { return nil }
        if let match = text.wholeMatch(of: /(?<unit>[^{}]*)\{(?<word>[^{}]*)\}/) {
            if let unit = Self(ucum: String(match.unit)) ?? Self(plain: String(match.unit)) {
                self = unit
            } else if match.unit.isEmpty, let unit = Self(plain: String(match.word)) {
                self = unit
            } else {
                return nil
            }
        } else if let unit = Self(ucum: text) ?? Self(plain: text) {
            self = unit
        } else {
            return nil
        }
    }

    private init?(plain text: String) {
        var word = text.filter { !$0.isWhitespace && $0 != "." }
        if word.hasSuffix("(s)") { word = String(word.dropLast(3)) }
        // One letter in another case is another unit: watts, henries, dioptres.
        if word.count > 1 { word = word.lowercased() }
        guard let perYear = Self.words[word] else { return nil }
        (self.perYear, isYear) = (perYear, perYear == 1)
    }

    private static func number(_ text: Substring) -> Double? {
        if let power = text.wholeMatch(of: /10[*^](?<exponent>[+-]?[0-9]{1,2})?/) {
            return exp10(power.exponent.flatMap { Int($0) } ?? 1)
        }
        return text.allSatisfy(\.isNumber) ? Double(text).flatMap { $0 > 0 ? $0 : nil } : nil
    }

    private static func exp10(_ exponent: Int) -> Double {
        let power = (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 }
        return exponent < 0 ? 1 / power : power
    }

    /// Seconds and exponent.
    private static func atom(_ text: Substring) -> (seconds: Double, exponent: Int)? {
        guard let match = text.wholeMatch(of: /(?<atom>.*?[^0-9+-])(?<exponent>[+-]?[0-9])?/) else { return nil }
        let name = String(match.atom)
        let exponent = match.exponent.flatMap { Int($0) } ?? 1
        if let seconds = atoms[name] { return (seconds, exponent) }
        // Of times the second alone has prefixes.
        guard name.hasSuffix("s"), let power = prefixes[String(name.dropLast())] else { return nil }
        return (exp10(power), exponent)
    }

    private static let day = 86_400.0
    private static let secondsPerYear = 365.25 * day
    private static let years: Set<String> = ["a", "a_t", "a_j", "a_g"]

    private static let atoms: [String: Double] = [
        "a": secondsPerYear, "a_t": 365.24219 * day, "a_j": secondsPerYear, "a_g": 365.2425 * day,
        "mo": secondsPerYear / 12, "mo_s": 29.53059 * day, "mo_j": secondsPerYear / 12, "mo_g": 365.2425 * day / 12,
        "wk": 7 * day, "d": day, "h": 3_600, "min": 60, "s": 1,
    ]

    private static let prefixes: [String: Int] = [
        "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3,
        "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
    ]

    /// English, German, French, Spanish, Italian and Dutch, and concepts of SNOMED CT.
    private static let words: [String: Double] = {
        var words: [String: Double] = [:]
        for (perYear, names) in [
            (
                1.0,
                """
                a y Y j yr yrs year years yo jr jhr jahr jahre jahren lebensjahr lebensjahre ann an ans année années \
                annee annees anno anni año años ano anos jaar jaren 258707000
                """
            ),
            (
                12.0,
                """
                mo mos mon mth mths month months monat monate monaten lebensmonat lebensmonate mois mes meses mese mesi \
                maand maanden 258706009
                """
            ),
            (
                365.25 / 7,
                """
                w wk wks week weeks woche wochen lebenswoche lebenswochen semaine semaines semana semanas settimana \
                settimane weken 258705008
                """
            ),
            (
                365.25,
                """
                d day days tag tage tagen lebenstag lebenstage jour jours día días dia dias giorno giorni dag dagen \
                258703001
                """
            ),
            (
                8_766.0,
                """
                h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren 258702006
                """
            ),
            (525_960.0, "min mins minute minutes minuten minuto minutos minuti minuut 258701004"),
            (31_557_600.0, "s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos"),
        ] {
            for name in names.split(separator: " ") { words[String(name)] = perYear }
        }
        return words
    }()
}
