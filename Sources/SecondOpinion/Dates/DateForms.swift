/// The days that a text can mean, in any usual form.
struct DateForms {
    /// A row of tokens that reads as a day.
    struct Reading {
        let day: CalendarDay
        let span: Range<Int>
        /// Only a day where the day is known: two digits for the year, or the day before the month without separators.
        let isAmbiguous: Bool
    }

    private let text: FoldedText
    private var readings: [Reading] = []

    static func readings(_ text: FoldedText) -> [Reading] {
        var forms = Self(text: text)
        for index in text.tokens.indices { forms.read(at: index) }
        return forms.readings
    }

    private init(text: FoldedText) { self.text = text }

    private mutating func read(at index: Int) {
        let tokens = text.tokens
        let first = tokens[index]
        if first.isDigits, [6, 8, 12, 14].contains(first.range.count) { compact(first) }
        words(at: index)
        guard index + 2 < tokens.count else { return }
        let (second, third) = (tokens[index + 1], tokens[index + 2])
        guard second.separator != 0, second.separator == third.separator else { return }
        if separates(second.separator) {
            numbers(first, second, third)
        } else if second.separator == Self.colon || second.separator == Self.comma {
            // Times and lists look so, too: only with a whole year, and a list only where the day is known.
            guard [first, third].contains(where: { $0.range.count == 4 }) else { return }
            numbers(first, second, third, isAmbiguous: second.separator == Self.comma)
        }
    }

    /// Where the month is a word, or the parts are named (`2024年3月5日`).
    private mutating func words(at index: Int) {
        let first = text.tokens[index]
        guard index + 2 < text.tokens.count else { return }
        // Most words and rows of numbers begin no day.
        guard first.isDigits ? first.range.count <= 4 && !text.tokens[index + 1].isDigits : month(first) != nil else {
            return
        }
        let rest = following(index)
        guard rest.count >= 2 else { return }
        let (second, third) = (rest[0], rest[1])
        if let month = month(second) ?? roman(second, third), let day = short(first), let year = year(third) {
            add(year, month, day, first, to: third)
        } else if let month = month(second), let year = year(first), year.digits == 4, let day = short(third) {
            add(year, month, day, first, to: third)
        } else if let month = month(first), let day = short(second) {
            if let year = year(third), third.separator != Self.colon, !isTime(rest) {
                add(year, month, day, first, to: third)
            } else if isTime(rest), let last = rest.dropFirst(4).first(where: { $0.range.count == 4 }),
                let year = year(last)
            {
                add(year, month, day, first, to: last)
            }
        } else if named(index, Self.year), let year = year(first), let month = short(second), let day = short(third) {
            add(year, month, day, first, to: third)
        }
    }

    /// `Mar 5 10:11:12 2024`, perhaps with a zone before the year: what follows the month.
    private func isTime(_ rest: [FoldedText.Token]) -> Bool {
        rest.count >= 5 && rest[2].separator == Self.colon && rest[3].separator == Self.colon
    }

    /// The next six tokens, without the words that stand inside of dates.
    private func following(_ index: Int) -> [FoldedText.Token] {
        var rest: [FoldedText.Token] = []
        for token in text.tokens[(index + 1)...].prefix(9) where rest.count < 6 {
            guard token.range.count <= 12 else { break }
            if token.range.count > 2 || token.isDigits || !Self.fillers.contains(Array(text.scalars[token.range])) {
                rest.append(token)
            }
        }
        return rest
    }

    /// Whether this word stands behind a token.
    private func named(_ index: Int, _ word: UInt32) -> Bool {
        index + 1 < text.tokens.count && text.scalars[text.tokens[index + 1].range].elementsEqual([word])
    }

    private static let (colon, comma): (UInt32, UInt32) = (0x3A, 0x2C)
    private static let year: UInt32 = 0x5E74
    /// `14th`, `14th of March`, `14 de marzo`; year, month and day of Chinese and Japanese.
    private static let fillers: Set<[UInt32]> = Set(
        ["st", "nd", "rd", "th", "of", "de", "di", "\u{5E74}", "\u{6708}", "\u{65E5}"].map {
            $0.unicodeScalars.map(\.value)
        })

    /// `14.III.1957`.
    private func roman(_ token: FoldedText.Token, _ next: FoldedText.Token) -> Int? {
        guard !token.isDigits, token.range.count <= 4, token.separator == next.separator, next.range.count == 4,
            [0x2D, 0x2E, 0x2F].contains(token.separator)
        else { return nil }
        let word = String(String.UnicodeScalarView(text.scalars[token.range].compactMap { Unicode.Scalar($0) }))
        return Self.romans.firstIndex(of: word).map { $0 + 1 }
    }

    private static let romans = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]

    /// YYYYMMDD, with a time behind it too; DDMMYYYY, MMDDYYYY, YYMMDD, DDMMYY and MMDDYY where the day is known.
    private mutating func compact(_ token: FoldedText.Token) {
        let digits = text.scalars[token.range].map { Int($0) - 0x30 }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        if digits.count == 6 {
            for (year, month, day) in [
                (number(0..<2), number(2..<4), number(4..<6)), (number(4..<6), number(2..<4), number(0..<2)),
                (number(4..<6), number(0..<2), number(2..<4)),
            ] {
                add((year, 2), month, day, token, isAmbiguous: true)
            }
            return
        }
        if digits.count > 8, number(8..<10) > 23 || number(10..<12) > 59 { return }
        add((number(0..<4), 4), number(4..<6), number(6..<8), token)
        guard digits.count == 8 else { return }
        add((number(4..<8), 4), number(2..<4), number(0..<2), token, isAmbiguous: true)
        add((number(4..<8), 4), number(0..<2), number(2..<4), token, isAmbiguous: true)
    }

    private mutating func numbers(
        _ first: FoldedText.Token, _ second: FoldedText.Token, _ third: FoldedText.Token, isAmbiguous: Bool = false
    ) {
        guard let middle = short(second) else { return }
        if let start = short(first), let year = year(third) {
            add(year, middle, start, first, to: third, isAmbiguous: isAmbiguous)
            add(year, start, middle, first, to: third, isAmbiguous: isAmbiguous)
        }
        if let year = year(first), let day = short(third) {
            add(year, middle, day, first, to: third, isAmbiguous: isAmbiguous)
        }
    }

    private mutating func add(
        _ year: (value: Int, digits: Int), _ month: Int, _ day: Int, _ token: FoldedText.Token,
        to last: FoldedText.Token? = nil, isAmbiguous: Bool = false
    ) {
        let span = token.offset..<(last ?? token).end
        if year.digits == 4 {
            guard let day = CalendarDay(year.value, month, day) else { return }
            readings.append(Reading(day: day, span: span, isAmbiguous: isAmbiguous))
        } else {
            for century in [1900, 2000] {
                guard let day = CalendarDay(century + year.value, month, day) else { continue }
                readings.append(Reading(day: day, span: span, isAmbiguous: true))
            }
        }
    }

    private func year(_ token: FoldedText.Token) -> (value: Int, digits: Int)? {
        guard token.isDigits, token.range.count == 4 || token.range.count == 2, let value = text.number(token) else {
            return nil
        }
        return (value, token.range.count)
    }

    private func short(_ token: FoldedText.Token) -> Int? { token.range.count <= 2 ? text.number(token) : nil }

    private func separates(_ scalar: UInt32) -> Bool {
        [0x2D, 0x2E, 0x2F, 0x20, 0x5F, 0x2010, 0x2013].contains(scalar)
    }

    private func month(_ token: FoldedText.Token) -> Int? {
        guard !token.isDigits, token.range.count >= 3 else { return nil }
        let word = String(
            String.UnicodeScalarView(text.scalars[token.range].prefix(4).compactMap { Unicode.Scalar($0) }))
        return Self.months[word] ?? Self.months[String(word.prefix(3))]
    }

    /// English, German, French, Spanish and Italian, by their first letters.
    private static let months: [String: Int] = [
        "jan": 1, "ene": 1, "gen": 1, "feb": 2, "fev": 2, "mar": 3, "mae": 3, "mrz": 3, "apr": 4, "avr": 4, "abr": 4,
        "may": 5, "mai": 5, "mag": 5, "juin": 6, "jun": 6, "giu": 6, "juil": 7, "jul": 7, "lug": 7, "aug": 8, "aou": 8,
        "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "oto": 10, "ott": 10, "nov": 11, "dec": 12, "dez": 12,
        "dic": 12,
    ]
}
