/// Values, as they come.
extension FileWalk {
    mutating func text(
        _ remaining: Int, _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        let isWhole = available >= remaining
        guard isWhole || available >= Self.textPiece else { return false }
        let count = min(remaining, Self.textPiece)
        let words = buffer[head..<(head + min(count, available))]
        if place.tag == 0x0002_0010 { syntax = String(decoding: words, as: UTF8.self).trimmed }
        recogniseCertificate(words)
        // The end of a piece is seen again at the beginning of the next one.
        let taken = count == remaining ? count : count - Self.overlap
        try hand(taken, .text, words: words, found)
        state = remaining == taken ? .header : .value(remaining: remaining - taken, isText: true)
        return true
    }

    mutating func binary(
        _ remaining: Int, _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        if remaining == 0 {
            state = .header
            return true
        }
        if zone == .pixels { return try pixels(remaining, found) }
        let count = min(remaining, Self.textPiece)
        guard available >= count else { return false }
        let words = buffer[head..<(head + count)]
        let isText = VisibleRuns.isText(words)
        place.bytes = isText ? .text : .binary(size: count)
        recogniseCertificate(words)
        let taken = count == remaining ? count : count - Self.overlap
        try hand(taken, isText ? .text : zone, words: words, found)
        state = remaining == taken ? .header : .value(remaining: remaining - taken, isText: false)
        return true
    }

    /// Text Value (0040,A160) of the report that goes with a copy; true for all pieces of it.
    private mutating func recogniseCertificate(_ words: ArraySlice<UInt8>) {
        if place.tag == 0x0040_A160, words.starts(with: CertificateWords.beginning) { place.isCertificate = true }
    }

    /// Samples and codestreams.
    private mutating func pixels(
        _ remaining: Int, _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        guard available >= (isFresh ? min(remaining, 16) : 1) else { return false }
        let bytes = buffer[head..<(head + min(remaining, available))]
        if isFresh { codestream.begin(bytes, isOffsetTable: isOffsetTable, syntax: syntax) }
        isFresh = false
        guard let piece = codestream.next(bytes, isRest: bytes.count == remaining) else { return false }
        let seen = bytes.prefix(piece.seen)
        switch piece.kind {
        case .samples: try hand(piece.count, .pixels, words: [], found)
        case .entropy:
            place.bytes = .stream
            try hand(piece.count, .stream, words: seen, found)
        case .structure:
            // Behind a marker and a length.
            let isText = seen.count > 4 && VisibleRuns.isText(seen.dropFirst(seen.first == 0xFF ? 4 : 0))
            place.bytes = isText ? .text : .binary(size: seen.count)
            try hand(piece.count, isText ? .text : .binary, words: seen, found)
        }
        state = remaining == piece.count ? .header : .value(remaining: remaining - piece.count, isText: false)
        return true
    }
}
