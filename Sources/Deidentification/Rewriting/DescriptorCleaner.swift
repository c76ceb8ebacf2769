internal import DICOM
package import SecondOpinion

/// The Clean Descriptors Option (PS3.15 §E.3.5, DCM 113105): of free text only what is known to be harmless stays. Words
/// stay that the standard itself uses for procedures, anatomy, findings and devices; names, numbers that could be those
/// of a person, dates, addresses and whatever nobody knows go. Where what is left still holds something known of the
/// patient, the whole text goes.
package struct DescriptorCleaner: Sendable {
    private let vocabulary: Set<String>
    let search: ResidualSearch?
    /// For the day of birth alone.
    private let births: ResidualSearch?
    /// Words of the patient's own, which go although the vocabulary has them.
    private let ownWords: Set<String>

    private init(
        vocabulary: Set<String>, search: ResidualSearch?, births: ResidualSearch?, ownWords: Set<String> = []
    ) {
        self.vocabulary = vocabulary
        self.search = search
        self.births = births
        self.ownWords = ownWords
    }

    /// The cleaner with the shipped vocabulary. What is known of the patient is looked for in what is left.
    /// - Throws: `profileUnavailable` without the vocabulary, `tooManyIdentifiers`.
    package init(for identity: KnownIdentity) throws(DeidentificationError) {
        let (search, births): (ResidualSearch, ResidualSearch)
        do {
            search = try ResidualSearch(for: identity, dates: .none)
            births = try ResidualSearch(for: identity.birthDatesOnly, dates: .kept)
        } catch {
            throw DeidentificationError(.tooManyIdentifiers)
        }
        self.init(vocabulary: try DeidentificationProfile.tables().words, search: search, births: births)
    }

    /// The same with words that go whatever they mean elsewhere.
    func without(_ words: Set<String>) -> DescriptorCleaner {
        DescriptorCleaner(
            vocabulary: vocabulary, search: search, births: births, ownWords: ownWords.union(words))
    }

    /// Whether a text that stays as it is would tell something known of the patient, the day of birth too, or with `days`
    /// any day.
    func tells(_ text: String, days: Bool) -> Bool {
        guard let search else { return false }
        let bytes = Array(text.utf8)
        if !days, births?.search(text: bytes).isClean == false { return true }
        return search.search(text: bytes).hits.contains { days || $0.kind != .date }
    }

    /// What may stay of `text`; nil where nothing is left that says anything, or where it cannot be told.
    package func cleaned(_ text: String) -> String? {
        guard text.utf8.count <= 1 << 16 else { return nil }
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        let kept = lines.map { line in
            pieces(line.split { $0 == " " || $0 == "\t" }.map(String.init)).joined(separator: " ")
        }
        let result = kept.filter { !$0.isEmpty }.joined(separator: "\r\n")
        guard result.contains(where: \.isLetter) else { return nil }
        if let search {
            guard search.search(text: Array(result.utf8)).isClean else { return nil }
        }
        return result
    }

    /// As `cleaned(_:)`, within the length of the VR (PS3.5 §6.2); short text has one line.
    func cleaned(_ text: String, vr: VR) -> String? {
        guard let result = cleaned(text) else { return nil }
        switch vr {
        case .SH, .LO, .UC:
            let line = result.split { $0 == "\r\n" }.joined(separator: " ")
            let most = vr == .SH ? 16 : vr == .LO ? 64 : Int.max
            return line.contains("\\") ? nil : String(line.prefix(most))
        default: return result
        }
    }

    /// `day`: a number that is a date or part of one, and goes.
    private enum Piece: Equatable { case word, number(digits: Int), day, gone, introduction }

    /// The pieces of one line that stay.
    private func pieces(_ pieces: [String]) -> [String] {
        var kinds = pieces.map(kind)
        for index in kinds.indices {
            // "Dr Bone", "ward 7", "MRN 12": whose name or number it is, the next two pieces tell.
            guard kinds[index] == .introduction else { continue }
            for next in (index + 1)..<min(index + 3, kinds.count) where next < kinds.count { kinds[next] = .gone }
        }
        withoutRows(of: &kinds)
        withoutDays(of: &kinds, pieces)
        withoutGreatAges(of: &kinds, pieces)
        return zip(pieces, kinds).compactMap { piece, kind in
            switch kind {
            case .word, .number: piece
            case .gone, .day, .introduction: nil
            }
        }
    }

    /// Short numbers in a row are a date or a telephone number.
    private func withoutRows(of kinds: inout [Piece]) {
        var start = 0
        while start < kinds.count {
            var (end, digits) = (start, 0)
            row: while end < kinds.count {
                switch kinds[end] {
                case .number(let count): digits += count
                case .day: digits += 5
                case .word, .gone, .introduction: break row
                }
                end += 1
            }
            if end - start > 1, digits > 4 { for index in start..<end { kinds[index] = .gone } }
            start = max(end, start + 1)
        }
    }

    /// The number beside the name of a month is a day.
    private func withoutDays(of kinds: inout [Piece], _ pieces: [String]) {
        for (index, piece) in pieces.enumerated() where Self.isMonth(piece) {
            kinds[index] = .gone
            for beside in [index - 1, index + 1] where kinds.indices.contains(beside) {
                if case .number = kinds[beside] { kinds[beside] = .gone }
            }
        }
    }

    /// 95 years, aged 95: who is so old is known by it.
    private func withoutGreatAges(of kinds: inout [Piece], _ pieces: [String]) {
        for index in GreatAgeWords.places(in: pieces) { kinds[index] = .gone }
    }

    private func kind(_ piece: String) -> Piece {
        // Anything beside ASCII is a word of another language or a trick of spelling.
        guard piece.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }), !piece.contains("@"), !piece.contains("\\") else {
            return .gone
        }
        let parts = piece.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        if parts.contains(where: Self.introductions.contains) { return .introduction }
        guard !parts.isEmpty, piece.utf8.count <= 40, parts.count <= 6 else { return parts.isEmpty ? .word : .gone }
        let digits = piece.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let isKnown = parts.allSatisfy { vocabulary.contains($0) || isMeasure($0) }
        guard isKnown, !parts.contains(where: ownWords.contains), digits <= 4 else { return .gone }
        if digits == 0 { return .word }
        // 1990, 12/5, 3-4-21: a year or a day; 0.75 and 5x5 are measures.
        let separated = parts.count > 1 && !piece.contains(".") && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
        let isYear = digits == 4 && parts.contains { $0.count == 4 && ($0.hasPrefix("19") || $0.hasPrefix("20")) }
        let isGreatAge = GreatAgeWords.isWithin(piece)
        let isRow = parts.count(where: { $0.allSatisfy(\.isNumber) }) > 2
        return separated || isYear || isGreatAge || isRow ? .day : .number(digits: digits)
    }

    /// Up to three digits, alone, with a unit or with one or two letters: 120, 5mm, T2, L4, 3D.
    private func isMeasure(_ part: String) -> Bool {
        let digits = part.prefix(while: \.isNumber)
        let rest = part.dropFirst(digits.count)
        if digits.isEmpty {
            let letters = part.prefix(while: \.isLetter)
            let number = part.dropFirst(letters.count)
            return letters.count <= 2 && (1...2).contains(number.count) && number.allSatisfy(\.isNumber)
        }
        let isUnit = rest.allSatisfy(\.isLetter) && (rest.count <= 1 || vocabulary.contains(String(rest)))
        return digits.count <= 4 && (rest.isEmpty || isUnit)
    }

    private static func isMonth(_ piece: String) -> Bool {
        let letters = piece.lowercased().filter(\.isLetter)
        return letters.count >= 3 && months.contains { $0.hasPrefix(letters) }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// Words that announce a name, a number or a place.
    private static let introductions: Set<String> = [
        "dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss", "sir", "herr", "frau", "patient", "pt", "name",
        "named", "mrn", "id", "ids", "ssn", "dob", "born", "tel", "phone", "telephone", "fax", "email", "mail", "ward",
        "room", "by", "md", "physician", "radiologist", "referring", "requested", "dictated", "signed", "acc",
        "accession",
        "address", "street", "city", "son", "daughter", "wife", "husband", "mother", "father", "operator", "tech",
        "technologist", "nurse", "hospital", "clinic", "university", "institute", "st", "visit", "case", "number",
    ]
}
