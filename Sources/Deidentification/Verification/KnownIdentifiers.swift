internal import DICOM
internal import SecondOpinion

/// The identifiers that the original names, to be looked for in what is kept: a second net below the rules, which takes
/// an element away where the second opinion would refuse the whole study.
struct KnownIdentifiers: Sendable {
    /// Values of identifying elements, folded to lower case, at least four characters.
    private(set) var texts: Set<String> = []
    /// Parts of names, likewise: compared in free text only, because a part of a name can be a code ("HAND").
    private(set) var nameParts: Set<String> = []
    /// Words of them without apostrophes and hyphens, likewise; not counted: each name has a few.
    private var otherParts: Set<String> = []
    private var numbers = IdentifierNumbers()
    private var uids: Set<String> = []

    /// Words that the standard uses: "HAND" is a part of the body, whatever the patient is called.
    private let vocabulary: Set<String>

    /// Nothing is known.
    init(vocabulary: Set<String> = []) { self.vocabulary = vocabulary }

    /// Adds what a header tells. Each kept value is compared with each identifier, so their number is bounded: throws
    /// `tooManyIdentifiers`.
    mutating func collect(_ header: DataSet, _ profile: DeidentificationProfile) throws(DeidentificationError) {
        var collected = self
        HeaderIdentity.visit(header, profile) { kind, value in
            switch kind {
            case .uid: collected.uids.insert(value)
            case .name: collected.add(value, isName: true)
            case .identifier, .text: collected.add(value, isName: false)
            // Days stand in values by chance; the birth date, which identifies, is looked for. What is kept was decoded.
            case .date, .original: break
            }
        }
        if let birthDate = header.string(.patientBirthDate), birthDate != Dummy.date {
            collected.add(birthDate, isName: false)
        }
        self = collected
        guard texts.count + nameParts.count <= 1_000 else { throw DeidentificationError(.tooManyIdentifiers) }
    }

    private mutating func add(_ value: String, isName: Bool) {
        let folded = value.lowercased()
        guard folded != Dummy.text.lowercased() else { return }
        if folded.unicodeScalars.count >= 4 { texts.insert(folded) }
        guard isName else { return numbers.add(value) }
        for part in folded.split(whereSeparator: { "^= ".contains($0) })
        where part.unicodeScalars.count >= 4 && part != Dummy.text.lowercased() {
            nameParts.insert(String(part))
        }
        // Whatever stands for the apostrophe, the hyphen or the space in it.
        for group in NameWords.groups(folded) {
            for word in group.all + group.joined where word.unicodeScalars.count >= 4 {
                otherParts.insert(word)
            }
        }
    }

    /// Whether a kept value holds one of them.
    func occur(in element: DataElement) -> Bool {
        switch element.value {
        case .text(let values): values.contains { occur(in: $0, vr: element.vr) }
        case .bytes(let bytes): bytes.count <= 1 << 16 && occur(in: bytes)
        // Walked on its own.
        case .sequence, .integers, .numbers, .tags: false
        case .undecodedText, .pixelFragments: true
        }
    }

    private func occur(in value: String, vr: VR) -> Bool {
        if vr == .UI { return uids.contains(value) }
        let folded = value.lowercased()
        let isMeasured = vr == .DS || vr == .IS
        // Short digits stand in many measured values by chance.
        let least = isMeasured ? 8 : 4
        if texts.contains(where: { $0.utf8.count >= least && folded.contains($0) }) { return true }
        if isMeasured { return numbers.are(measured: value) }
        if numbers.occur(in: value) { return true }
        let squeezed = folded.filter { !Self.joints.contains($0) }
        if vr == .CS {
            // A part of the body is one, whatever the patient is called; HEAD_MEYER is none.
            let words = folded.split { !$0.isLetter }.map(String.init).filter { !vocabulary.contains($0) }
            let isWord = !vocabulary.contains(folded) && (isPart(folded) || isPart(squeezed.filter(\.isLetter)))
            return isWord || words.contains(where: isPart)
        }
        return nameParts.contains { folded.contains($0) } || otherParts.contains { squeezed.contains($0) }
    }

    /// What joins the words of one name.
    private static let joints: Set<Character> = ["'", "’", "ʼ", "´", "`", "-", "‐", "‑"]

    private func isPart(_ word: String) -> Bool { nameParts.contains(word) || otherParts.contains(word) }

    /// In binary values only longer identifiers count: short ones stand there by chance.
    private func occur(in bytes: [UInt8]) -> Bool {
        let candidates = texts.union(uids).union(otherParts).union(numbers.inside).filter { $0.utf8.count >= 6 }
        guard !candidates.isEmpty else { return false }
        let folded = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let text = String(decoding: folded, as: UTF8.self)
        return candidates.contains { text.contains($0) }
    }
}
