/// Ages of 90 years and more in free text and in meanings of codes: `95 y`, `aged 93`, `93-year-old`, `age = 95`.
enum GreatAgeWords {
    /// Which of the pieces of one line are such an age, or have one in them.
    static func places(in pieces: [String]) -> [Int] {
        // A hyphen or an equals sign stands between words and is none.
        let words = pieces.indices.filter { pieces[$0].contains { $0.isLetter || $0.isNumber } }
        return words.indices.filter { place in
            let piece = pieces[words[place]]
            if isWithin(piece) { return true }
            let behind = place + 1 < words.count ? pieces[words[place + 1]] : nil
            let before = words[..<place].last { !fillers.contains(letters(pieces[$0])) }.map { pieces[$0] }
            return stands(piece.filter(\.isNumber), between: before, and: behind)
        }
        .map { words[$0] }
    }

    /// Whether a text holds one.
    static func stand(in text: String) -> Bool {
        !places(in: text.split { $0.isWhitespace || $0 == "\\" }.map(String.init)).isEmpty
    }

    /// 93y, 95-year-old, age=95: in one piece.
    static func isWithin(_ piece: String) -> Bool {
        let parts = piece.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        return parts.contains(where: isAge)
            || zip(parts, parts.dropFirst()).contains {
                stands($0, between: nil, and: $1) || stands($1, between: $0, and: nil)
            }
    }

    /// 90y, 93yo: a number and a unit in one word.
    private static func isAge(_ word: String) -> Bool {
        guard isGreat(String(word.prefix(while: \.isNumber))) else { return false }
        let unit = word.drop(while: \.isNumber)
        return unit == "a" || unit.hasPrefix("y") || unit.hasPrefix("j") || units.contains { unit.hasPrefix($0) }
    }

    /// Whether a number is one by the word before or behind it.
    private static func stands(_ number: String, between before: String?, and behind: String?) -> Bool {
        guard isGreat(number) else { return false }
        let unit = (behind ?? "").lowercased().drop { !$0.isLetter }
        return units.contains { unit.hasPrefix($0) } || short.contains(String(unit.prefix(while: \.isLetter)))
            || announcements.contains(letters(before ?? ""))
    }

    private static func letters(_ piece: String) -> String { piece.lowercased().filter(\.isLetter) }

    private static func isGreat(_ digits: String) -> Bool { (Int(digits) ?? 0) > 89 && digits.count <= 3 }

    private static let units = ["year", "yr", "y/o", "yo", "y.o", "jahr", "jähr", "ans", "años", "anni"]
    /// UCUM and what is written for it.
    private static let short: Set<String> = ["a", "y", "j", "ys", "jr"]
    private static let announcements: Set<String> = ["age", "ages", "aged", "alter", "âge", "edad", "età"]
    /// Between `age` and the number.
    private static let fillers: Set<String> = [
        "of", "is", "was", "at", "about", "approx", "approximately", "ca", "circa", "over", "now",
    ]
}
