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
        // The end of a piece is seen again at the beginning of the next one.
        let taken = count == remaining ? count : count - Self.overlap
        try hand(taken, .text, words: words, found)
        state = remaining == taken ? .header : .value(remaining: remaining - taken, isText: true)
        return true
    }

    mutating func binary(
        _ remaining: Int, _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        let isStart = position == valueStart
        if zone != .pixels || isStart && remaining >= 4 {
            guard available >= min(remaining, 4) else { return false }
            let isStream =
                buffer[head..<(head + min(4, available))].starts(with: [0xFF, 0xD8, 0xFF])
                || buffer[head..<(head + min(4, available))].elementsEqual([0xFF, 0x4F, 0xFF, 0x51])
            let piece = zone != .pixels ? Self.textPiece : isStream ? Self.headOfStream : 0
            let count = min(remaining, piece)
            guard available >= count else { return false }
            if count > 0 || remaining == 0 {
                let isText =
                    (zone != .pixels || isStart && count == remaining)
                    && VisibleRuns.isText(buffer[head..<(head + count)])
                place.isBinary = !isText
                let taken = count == remaining || zone == .pixels ? count : count - Self.overlap
                try hand(taken, isText ? .text : zone, words: buffer[head..<(head + count)], found)
                state = remaining == taken ? .header : .value(remaining: remaining - taken, isText: false)
                return true
            }
        }
        if remaining == 0 {
            state = .header
            return true
        }
        guard available > 0 else { return false }
        place.isBinary = true
        let count = min(remaining, available)
        try hand(count, zone, words: [], found)
        state = remaining == count ? .header : .value(remaining: remaining - count, isText: false)
        return true
    }
}
