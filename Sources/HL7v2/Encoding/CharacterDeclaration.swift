/// Reads MSH-18 out of an MSH segment whose own text may be in the set that it declares.
enum CharacterDeclaration {
    /// Sets in which a byte equal to a delimiter can be part of a character.
    private static let hiding: [CharacterRepertoire] = [.gb18030, .big5, .iso2022JP].map { CharacterRepertoire($0) }

    /// The segment's structure, and what it declares.
    ///
    /// - Parameter otherwise: What an empty MSH-18 means.
    static func read(
        _ bytes: [UInt8], _ delimiters: Delimiters, otherwise: MessageCharacterSet
    ) -> ([UInt8], Result<CharacterRepertoire, HL7v2Error>) {
        func structure(_ repertoire: CharacterRepertoire) -> [UInt8] {
            CharacterMask.structure(of: bytes, repertoire, delimiters)
        }
        let naive = terms(bytes, bytes, delimiters)
        let fallback = repertoire(naive, otherwise: otherwise)
        guard bytes.contains(where: { $0 >= 0x80 || $0 == CodeExtension.escape }) else { return (bytes, fallback) }
        // The number of the field itself depends on the set: a reading that agrees with itself is right. One that
        // finds MSH-18 empty proves nothing, and comes last.
        var guesses = hiding
        if case .success(let repertoire) = fallback, isGiven(naive) { guesses.insert(repertoire, at: 0) }
        for guess in guesses {
            let found = terms(bytes, structure(guess), delimiters)
            guard isGiven(found), case .success(let declared) = repertoire(found, otherwise: otherwise) else {
                continue
            }
            let confirmed = structure(declared)
            if terms(bytes, confirmed, delimiters) == found { return (confirmed, .success(declared)) }
        }
        let hidden = structure(CharacterRepertoire(otherwise))
        return (hidden, repertoire(terms(bytes, hidden, delimiters), otherwise: otherwise))
    }

    private static func isGiven(_ terms: [String]) -> Bool { terms.contains { !$0.isEmpty } }

    private static func repertoire(
        _ terms: [String], otherwise: MessageCharacterSet
    ) -> Result<CharacterRepertoire, HL7v2Error> {
        do throws(HL7v2Error) {
            return .success(try CharacterRepertoire(terms: terms, otherwise: otherwise))
        } catch {
            return .failure(error)
        }
    }

    /// The repetitions of MSH-18, first components, unescaped.
    static func terms(_ bytes: [UInt8], _ structure: [UInt8], _ delimiters: Delimiters) -> [String] {
        guard let field = Cutting.headerField(18, in: structure, separator: delimiters.field) else { return [] }
        return Cutting.parts(of: field, in: structure, at: delimiters.repetition).map { repetition in
            let part = Cutting.part(1, of: repetition, in: structure, at: delimiters.component) ?? repetition
            // A delimiter may be a character of the term, and be escaped.
            let term = LeafReader.text(
                of: bytes[part], structure: structure[part], delimiters, CharacterRepertoire(.utf8))
            return term == "\"\"" ? "" : term.trimmingBlanks
        }
    }
}
