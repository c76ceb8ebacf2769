/// What is known of a patient, in the forms in which it is read from pixels. It prints redacted.
///
/// Letters and digits that recognisers take for each other are equal (O and 0, I and 1, S and 5 …), case and diacritics
/// do not count, and one letter of a long word may be read wrong.
public struct IdentityInPixels: Sendable, CustomStringConvertible, CustomReflectable {
    /// Words of names and texts, identifiers.
    private var words: Set<String> = []
    /// Long ones, by the lengths that one wrong letter can make of them.
    private var long: [Int: [[UInt8]]] = [:]
    /// Days in any order of day, month and year.
    private var dates: Set<String> = []

    /// Shorter words are nobody's.
    private static let least = 3

    /// All names, identifiers, texts and dates of `identity`; UIDs are in no image.
    public init(_ identity: KnownIdentity) {
        for name in identity.names { add(words: name, least: Self.least) }
        for text in identity.texts { add(words: text, least: 5) }
        for identifier in identity.identifiers {
            add(words: identifier, least: 4)
            add(Self.folded(identifier), least: 4)
            for number in NumberRuns.numbers(in: identifier) { add(Self.folded(number), least: 6) }
        }
        for date in identity.dates { add(date: date) }
    }

    /// Whether a word as it was read is one of the patient's, or holds one of at least five letters.
    public func holds(_ text: String) -> Bool {
        let word = Self.folded(text)
        guard word.utf8.count >= Self.least else { return false }
        if words.contains(word) { return true }
        let digits = String(text.unicodeScalars.filter { (0x30...0x39).contains($0.value) }.map(Character.init))
        if digits.utf8.count >= 6, dates.contains(digits) { return true }
        let bytes = Array(word.utf8)
        if bytes.count >= 6, long[bytes.count]?.contains(where: { Self.isNear($0, bytes) }) == true { return true }
        return bytes.count > 5 && words.contains { $0.utf8.count >= 5 && word.contains($0) }
    }

    private mutating func add(words text: String, least: Int) {
        for word in text.split(whereSeparator: { " ^=,;:/\\-_.()".contains($0) }) {
            add(Self.folded(String(word)), least: least)
        }
    }

    private mutating func add(_ word: String, least: Int) {
        guard word.utf8.count >= least, words.insert(word).inserted else { return }
        let bytes = Array(word.utf8)
        guard bytes.count >= 6 else { return }
        for length in (bytes.count - 1)...(bytes.count + 1) { long[length, default: []].append(bytes) }
    }

    private mutating func add(date: String) {
        guard date.utf8.count == 8 else { return }
        let year = String(date.prefix(4))
        let month = String(date.dropFirst(4).prefix(2))
        let day = String(date.suffix(2))
        for year in [year, String(year.suffix(2))] {
            dates.formUnion([year + month + day, day + month + year, month + day + year, year + day + month])
        }
    }

    /// One letter or digit stands for all that look like it.
    static func folded(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            // A recogniser's bar is a one.
            for value in scalar == "|" || scalar == "!" ? [0x31] : Folding.fold(scalar) {
                guard let folded = Unicode.Scalar(value) else { continue }
                switch folded {
                case "o", "q", "d": result.unicodeScalars.append("0")
                case "i", "l", "j": result.unicodeScalars.append("1")
                case "s": result.unicodeScalars.append("5")
                case "b": result.unicodeScalars.append("8")
                case "z": result.unicodeScalars.append("2")
                case "g": result.unicodeScalars.append("6")
                default: result.unicodeScalars.append(folded)
                }
            }
        }
        return result
    }

    /// Whether one letter changed, added or left out makes one of the other.
    private static func isNear(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        let same = zip(one, other).prefix { $0 == $1 }.count
        let (a, b) = (one.dropFirst(same), other.dropFirst(same))
        return a.dropFirst().elementsEqual(b.dropFirst()) || a.dropFirst().elementsEqual(b)
            || a.elementsEqual(b.dropFirst())
    }

    /// The number of words, never one of them.
    public var description: String { "IdentityInPixels(\(words.count) words)" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
