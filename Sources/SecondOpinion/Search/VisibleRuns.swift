/// Texts by their looks in bytes that are no text: visible characters in a row, one or two bytes each.
enum VisibleRuns {
    /// Calls `found` with each run of at least `least` characters, as bytes of one per character, and its position.
    static func find(_ bytes: ArraySlice<UInt8>, least: Int, found: (_ run: [UInt8], _ offset: Int) -> Void) {
        var start = bytes.startIndex
        for index in bytes.indices where !isVisible(bytes[index]) {
            if index - start >= least { found(Array(bytes[start..<index]), start) }
            start = index + 1
        }
        if bytes.endIndex - start >= least { found(Array(bytes[start...]), start) }
        wide(bytes, least: least, found: found)
    }

    /// Calls `found` with each run of at least sixteen printable characters of ASCII: between the bytes of a codestream
    /// there is hardly any. It looks at every sixteenth byte, one of which is in each run.
    static func printable(_ bytes: ArraySlice<UInt8>, found: (ArraySlice<UInt8>) -> Void) {
        let isPrintable = { (byte: UInt8) in (0x20...0x7E).contains(byte) || [9, 10, 13].contains(byte) }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var (start, end) = (index, index)
            while end < bytes.endIndex, isPrintable(bytes[end]) { end += 1 }
            while end > index, start > bytes.startIndex, isPrintable(bytes[start - 1]) { start -= 1 }
            if end - start >= 16 { found(bytes[start..<end]) }
            index += 16 * ((end - index) / 16 + 1)
        }
    }

    /// UTF-16 of either order: each second byte is zero.
    private static func wide(_ bytes: ArraySlice<UInt8>, least: Int, found: (_ run: [UInt8], _ offset: Int) -> Void) {
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            guard bytes[index + 1] == 0, isVisible(bytes[index]) else {
                index += 1
                continue
            }
            let start = index
            var run: [UInt8] = []
            while index < bytes.endIndex, isVisible(bytes[index]) {
                run.append(bytes[index])
                guard index + 1 < bytes.endIndex, bytes[index + 1] == 0 else { break }
                index += 2
            }
            if run.count >= least { found(run, start) }
            index = max(index, start + 1)
        }
    }

    /// Also escape and line ends, and all bytes of the upper half: letters of other character sets.
    static func isVisible(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) || byte >= 0x80 || [0x09, 0x0A, 0x0D, 0x1B].contains(byte)
    }

    /// A value of a binary VR that is a text all the same.
    static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        let trimmed = bytes.reversed().drop { $0 == 0 || $0 == 0x20 }
        guard trimmed.count >= 2 else { return false }
        return trimmed.count { (0x20...0x7E).contains($0) } * 10 >= trimmed.count * 7
            && trimmed.allSatisfy(isVisible)
    }
}
