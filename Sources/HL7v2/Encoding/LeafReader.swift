/// Reads the text of leaves: unescapes and decodes, in that order for what is escaped by letters, in the message's set
/// for what is escaped by hexadecimal digits.
struct LeafReader {
    private let delimiters: Delimiters
    private let repertoire: CharacterRepertoire
    private var extensions = CodeExtension()
    /// Whether something switched by HL7's own spelling.
    private var hasSwitched = false
    private var pending: [UInt8] = []
    private var text = ""

    private init(_ delimiters: Delimiters, _ repertoire: CharacterRepertoire) {
        self.delimiters = delimiters
        self.repertoire = repertoire
    }

    /// The text of a leaf.
    ///
    /// - Parameter structure: The same bytes with what only looks like a delimiter hidden.
    static func text(
        of leaf: ArraySlice<UInt8>, structure: ArraySlice<UInt8>, _ delimiters: Delimiters,
        _ repertoire: CharacterRepertoire
    ) -> String {
        guard let escape = delimiters.escape, structure.contains(escape) else {
            let isPlain = !repertoire.switches || JapaneseCode.isPlain(leaf)
            if isPlain { return repertoire.primary.decode(slice: leaf) }
            var extensions = CodeExtension()
            return JapaneseCode.decode(Array(leaf), primary: repertoire.primary, extensions: &extensions)
        }
        var reader = LeafReader(delimiters, repertoire)
        reader.read(leaf, structure, escape)
        return reader.text
    }

    private mutating func read(_ leaf: ArraySlice<UInt8>, _ structure: ArraySlice<UInt8>, _ escape: UInt8) {
        var position = leaf.startIndex
        while let start = structure[position...].firstIndex(of: escape) {
            pending += leaf[position..<start]
            guard let end = structure[(start + 1)...].firstIndex(of: escape) else {
                position = start
                break
            }
            guard let meaning = Escapes.meaning(of: leaf[(start + 1)..<end], delimiters) else {
                // Unknown: it stays, and what looks like its end may begin the next one.
                pending.append(escape)
                position = start + 1
                continue
            }
            take(meaning)
            position = end + 1
        }
        pending += leaf[position...]
        flush()
    }

    private mutating func take(_ meaning: Escapes.Meaning) {
        switch meaning {
        case .bytes(let bytes): pending += bytes
        case .text(let characters):
            flush()
            text += characters
        case .designation(let sequence):
            flush()
            hasSwitched = true
            _ = extensions.designate(sequence)
        }
    }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        text +=
            repertoire.switches || hasSwitched
            ? JapaneseCode.decode(pending, primary: repertoire.primary, extensions: &extensions)
            : repertoire.primary.decode(slice: pending[...])
        pending.removeAll(keepingCapacity: true)
    }
}
