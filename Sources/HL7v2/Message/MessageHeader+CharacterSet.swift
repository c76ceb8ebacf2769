extension MessageHeader {
    /// The set of the reply's own text: the one declared, as far as it is known; ASCII is in all of them.
    var declaredSet: MessageCharacterSet { (try? declaredRepertoire.get())?.primary ?? .ascii }

    /// MSH-18 as a reply echoes it: the repetitions that name sets which we know, unknown ones left empty so that each
    /// keeps its place.
    var knownCharacterSets: [UInt8] {
        guard let field = Cutting.headerField(18, in: structure, separator: delimiters.field) else { return [] }
        let ranges = Cutting.parts(of: field, in: structure, at: delimiters.repetition)
        let terms = CharacterDeclaration.terms(bytes, structure, delimiters)
        let repetitions = zip(ranges, terms).map { range, term in
            (try? MessageCharacterSet(term: term)) == nil ? [] : Array(bytes[range])
        }
        let last = repetitions.lastIndex { !$0.isEmpty } ?? -1
        return Array(repetitions[...last].joined(separator: [delimiters.repetition ?? 0]))
    }

    /// A field as a reply echoes it: its bytes, and back to one-byte characters where it forgot that, lest the reply's
    /// next delimiter be taken for half a character.
    func echoedField(_ number: Int) -> [UInt8] {
        let field = Array(fieldBytes(number))
        guard repertoire.switches, field.contains(CodeExtension.escape) else { return field }
        var extensions = CodeExtension()
        var index = 0
        while index < field.count {
            switch extensions.unit(at: index, of: field) {
            case .designation(let length): index += length
            case .kanji, .supplementaryKanji: index += 2
            case .katakana, .byte: index += 1
            }
        }
        return extensions.g0 == .ascii ? field : field + [CodeExtension.escape] + Array("(B".utf8)
    }
}
