/// Words of names in a character set that the file does not tell of: as their own bytes, and as what a reader makes of
/// them that holds every set for Latin-1. They are compared byte by byte and as whole words: folded like Latin letters,
/// most letters of another script would be an `a` or an `e`.
struct ForeignWords: Sendable {
    private var words: Set<[UInt8]> = []

    /// Bytes of the shortest.
    private static let least = 3
    private static let most = 128

    /// A word that is not all ASCII, in small, capital and mixed letters.
    mutating func add(_ word: String) {
        guard !word.allASCII, word.utf8.count <= Self.most else { return }
        for spelling in Set([word, word.lowercased(), word.uppercased(), word.titled]) {
            for bytes in SingleByteSets.encodings(of: spelling) where bytes.count >= Self.least { insert(bytes) }
            insert(Array(spelling.utf8))
        }
    }

    private mutating func insert(_ bytes: [UInt8]) { words.insert(bytes.map(PatternMatcher.fold)) }

    /// Positions of words of the patient and their number of bytes. A word is a run of letters and bytes above ASCII.
    func found(in bytes: ArraySlice<UInt8>) -> [(offset: Int, count: Int)] {
        guard !words.isEmpty else { return [] }
        var result: [(offset: Int, count: Int)] = []
        var start = bytes.startIndex
        var isForeign = false
        var escape = 0
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == 0x1B { escape = 4 }
            // An escape sequence ends with a letter that is none of the text (PS3.5 §6.1.2.5.3).
            let isEscape = escape > 0
            if isEscape { escape = escape < 4 && !(0x20...0x2F).contains(byte) ? 0 : escape - 1 }
            if !isEscape, byte >= 0x80 || isLetter(byte) {
                isForeign = isForeign || byte >= 0x80
                continue
            }
            if isForeign, let count = known(bytes[start..<index]) { result.append((start, count)) }
            (start, isForeign) = (index + 1, false)
        }
        if isForeign, let count = known(bytes[start...]) { result.append((start, count)) }
        return result
    }

    private func known(_ run: ArraySlice<UInt8>) -> Int? {
        guard run.count >= Self.least, run.count <= 2 * Self.most else { return nil }
        let folded = run.map(PatternMatcher.fold)
        if words.contains(folded) { return run.count }
        // Written in UTF-8 by whoever took it for Latin-1.
        var narrow: [UInt8] = []
        var decoder = UTF8.ForwardParser()
        var iterator = folded.makeIterator()
        while case .valid(let encoded) = decoder.parseScalar(from: &iterator) {
            guard let byte = UInt8(exactly: UTF8.decode(encoded).value) else { return nil }
            narrow.append(byte)
        }
        return narrow.count < folded.count && words.contains(narrow) ? run.count : nil
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
