extension SegmentDraft {
    /// MSH as it is written in `set`: MSH-18 names it, and MSH-20 the way that it switches.
    func declaring(_ set: MessageCharacterSet, _ delimiters: Delimiters) -> SegmentDraft {
        guard name == "MSH", !Self.declares(self[18], set) else { return self }
        var segment = self
        switch set {
        case .ascii: segment[18] = self[18].normalized == .empty ? .empty : .text(set.rawValue)
        case .iso2022JP:
            let sets = [MessageCharacterSet.ascii.rawValue, set.rawValue, "ISO IR159"]
            // Without a delimiter to say more, the set of two bytes stands for all.
            segment[18] =
                delimiters.repetition == nil ? .text(set.rawValue) : .repetitions(sets.map { .text($0) })
            if self[20].normalized == .empty { segment[20] = "ISO 2022-1994" }
        default: segment[18] = .text(set.rawValue)
        }
        return segment
    }

    private static func declares(_ field: FieldDraft, _ set: MessageCharacterSet) -> Bool {
        let terms: [String]
        switch field.normalized {
        case .text(let text): terms = [text]
        case .repetitions(let list):
            terms = list.map { part in
                guard case .text(let text) = part else { return "" }
                return text
            }
        case .empty, .null, .components: return false
        }
        guard let declared = try? CharacterRepertoire(terms: terms, otherwise: .ascii) else { return false }
        return declared.primary == set
    }
}
