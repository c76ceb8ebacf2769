/// The parts of a person name in any of its written forms.
package struct NameWords {
    /// Family name first where the form tells (PN, `family, given`).
    let family: [String]
    let given: [String]

    /// All words.
    package var all: [String] { family + given }

    /// Words of one component as one: `OBrien`, `AlHassan`, `vonMeyerbeer`, `delaCruz`.
    package let joined: [String]
    /// The family name as it stands beside a given one: its first word, its last, and the whole of it as one word.
    let families: [String]
    /// Given names likewise.
    let givens: [String]

    /// One for each group of a PN (alphabetic, ideographic, phonetic).
    package static func groups(_ name: String) -> [NameWords] {
        name.split(separator: "=").map { NameWords(group: String($0)) }.filter { !$0.all.isEmpty }
    }

    private init(group: String) {
        let components: [[String]]
        if group.contains("^") {
            components = group.split(separator: "^", omittingEmptySubsequences: false).prefix(3).map(Self.words)
        } else if let comma = group.firstIndex(of: ",") {
            components = [Self.words(group[..<comma]), Self.words(group[group.index(after: comma)...])]
        } else {
            // A hyphen or an apostrophe joins, a space does not: nothing tells where the family name begins.
            let parts = group.split(separator: " ").map(Self.words).filter { !$0.isEmpty }
            let first = parts.dropLast().lastIndex { !Self.isParticle($0.joined()) }.map { $0 + 1 } ?? 0
            let start = parts.isEmpty ? 0 : min(first, parts.count - 1)
            components = [parts[start...].flatMap { $0 }] + parts[..<start].map { $0 }
        }
        family = components.first ?? []
        given = components.dropFirst().flatMap { $0 }
        joined = components.flatMap(Self.joined)
        families = Self.unique([Self.core(family) ?? family.first, family.last, family.joined()])
        givens = Self.unique(given.prefix(8).map { $0 } + components.dropFirst().map { $0.joined() })
    }

    private static func unique(_ words: [String?]) -> [String] {
        Set(words.compactMap(\.self)).subtracting([""]).sorted()
    }

    /// Rows of words of one component; what ends with a particle is no name.
    private static func joined(_ words: [String]) -> [String] {
        let words = words.prefix(6)
        return words.indices.dropFirst().filter { !isParticle(words[$0]) }.flatMap { last in
            (0..<last).map { words[$0...last].joined() }
        }
    }

    /// The first word that is no particle: `Meyerbeer` of `von Meyerbeer`.
    private static func core(_ words: [String]) -> String? { words.first { !isParticle($0) } }

    private static func isParticle(_ word: String) -> Bool {
        word.utf8.count == 1 || particles.contains(word.lowercased())
    }

    private static let particles: Set<String> = [
        "von", "vom", "zu", "zum", "zur", "van", "der", "den", "de", "del", "della", "di", "da", "das", "do", "dos",
        "du",
        "des", "la", "las", "le", "les", "lo", "los", "el", "al", "bin", "ibn", "ben", "bint", "abu", "mac", "mc", "st",
        "ter",
        "ten", "te", "op", "af", "av", "san", "santa",
    ]

    private static func words(_ text: Substring) -> [String] {
        text.split { character in
            character.unicodeScalars.allSatisfy { Folding.fold($0).isEmpty && !Folding.isMark($0) }
        }
        .map(String.init).filter { !titles.contains($0.lowercased()) }
    }

    /// What stands in names and names nobody.
    private static let titles: Set<String> = [
        "anonymous", "anonymized", "anonymised", "deidentified", "removed", "unknown", "patient", "none", "null",
        "unnamed", "prof", "professor", "doctor", "frau", "herr", "miss", "mrs", "madame", "monsieur", "phd", "dipl",
        "junior", "senior", "baby", "boy", "girl", "male", "female", "unbekannt", "dr", "md",
    ]
}
