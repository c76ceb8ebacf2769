/// The parts of a person name in any of its written forms.
struct NameWords {
    /// Family name first where the form tells (PN, `family, given`).
    let family: [String]
    let given: [String]

    /// All words.
    var all: [String] { family + given }

    /// One for each group of a PN (alphabetic, ideographic, phonetic).
    static func groups(_ name: String) -> [NameWords] {
        name.split(separator: "=").map { NameWords(group: String($0)) }.filter { !$0.all.isEmpty }
    }

    private init(group: String) {
        if group.contains("^") {
            let components = group.split(separator: "^", omittingEmptySubsequences: false).map(Self.words)
            family = components.first ?? []
            given = components.dropFirst().prefix(2).flatMap { $0 }
        } else if let comma = group.firstIndex(of: ",") {
            family = Self.words(group[..<comma])
            given = Self.words(group[group.index(after: comma)...])
        } else {
            let words = Self.words(Substring(group))
            family = words.last.map { [$0] } ?? []
            given = Array(words.dropLast())
        }
    }

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
