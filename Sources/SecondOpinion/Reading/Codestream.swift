/// Tells in the bytes of pixel data what is structure, in which texts can stand (segments, boxes, what lies behind the
/// end), what is entropy-coded, and what are samples: JPEG and JPEG-LS (ITU-T T.81, T.87), JPEG 2000 (T.800) with or
/// without boxes, the header of RLE (PS3.5 §G.5). What follows no rule counts as entropy-coded.
struct Codestream: Sendable {
    /// The next bytes of the pixel data and what they are.
    struct Piece {
        let count: Int
        let kind: Kind
        /// Bytes to look at: those of `count`, and some behind them that come again.
        var seen: Int
    }

    enum Kind { case samples, entropy, structure }

    private enum State: Sendable {
        case samples
        case marker
        case entropy
        /// Data of a tile-part, nil to the end.
        case tile(Int?)
        case box
        /// Structure of so many bytes, nil to the end; what follows then.
        indirect case structure(Int?, then: State)
    }

    private var state = State.samples
    private var is2000 = false
    /// Bytes of the tile-part that are to come.
    private var tile: Int?

    /// Bytes at the end of a piece that are seen again in the next one, and the most that are looked at together.
    private static let overlap = 64
    static let most = 1 << 16

    /// The beginning of a fragment or value. A stream can go on over several fragments.
    mutating func begin(_ bytes: ArraySlice<UInt8>, isOffsetTable: Bool, syntax: String) {
        if isOffsetTable {
            state = .structure(nil, then: .samples)
        } else if syntax == "1.2.840.10008.1.2.5" {
            state = .structure(64, then: .samples)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) {
            (state, is2000) = (.marker, bytes.dropFirst().first == 0x4F)
        } else if bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) {
            state = .box
        } else if case .structure(_, then: .samples) = state {
            state = .samples
        }
    }

    /// What the bytes begin with; nil where more are needed to tell. `isRest`: no more come in this fragment.
    mutating func next(_ bytes: ArraySlice<UInt8>, isRest: Bool) -> Piece? {
        switch state {
        case .samples: return whole(bytes, .samples)
        case .marker: return marker(bytes, isRest)
        case .entropy: return entropy(bytes, isRest)
        case .tile(let left):
            guard left != 0 else {
                state = .marker
                return marker(bytes, isRest)
            }
            let count = min(left ?? Int.max, bytes.count)
            guard let piece = cut(bytes.prefix(count), .entropy, isRest: isRest || count == left) else { return nil }
            state = .tile(left.map { $0 - piece.count })
            return piece
        case .box: return box(bytes, isRest)
        case .structure(let left, let then): return structure(bytes, isRest, left, then)
        }
    }

    private mutating func structure(_ bytes: ArraySlice<UInt8>, _ isRest: Bool, _ left: Int?, _ then: State) -> Piece? {
        guard left != 0 else {
            state = then
            return next(bytes, isRest: isRest)
        }
        let count = min(left ?? Int.max, bytes.count, Self.most)
        let isEnd = count == left || isRest && count == bytes.count
        guard isEnd || count == Self.most else { return nil }
        let taken = isEnd ? count : count - Self.overlap
        state = .structure(left.map { $0 - taken }, then: then)
        return Piece(count: taken, kind: .structure, seen: count)
    }

    private mutating func marker(_ bytes: ArraySlice<UInt8>, _ isRest: Bool) -> Piece? {
        guard bytes.count >= 4 || isRest else { return nil }
        let head = Array(bytes.prefix(12))
        guard head.count >= 2, head[0] == 0xFF else {
            state = .entropy
            return entropy(bytes, isRest)
        }
        let code = head[1]
        if isAlone(code) {
            if code == 0xD9 { state = .structure(nil, then: .structure(nil, then: .marker)) }
            if is2000, code == 0x93 { state = .tile(tile.map { max(0, $0 - 2) }) }
            return Piece(count: code == 0xFF ? 1 : 2, kind: .structure, seen: 2)
        }
        guard head.count >= 4 else { return whole(bytes, .structure) }
        let length = 2 + max(2, Int(head[2]) << 8 | Int(head[3]))
        guard bytes.count >= length || isRest else { return nil }
        if is2000, code == 0x90, head.count >= 10 {
            let all = head[6..<10].reduce(0) { $0 << 8 | Int($1) }
            tile = all == 0 ? nil : max(0, all - length)
        } else if is2000 {
            tile = tile.map { max(0, $0 - length) }
        } else if code == 0xDA {
            state = .entropy
        }
        return whole(bytes.prefix(length), .structure)
    }

    private func isAlone(_ code: UInt8) -> Bool {
        code == 0xFF || code == 0x01 || (0xD0...0xD9).contains(code) || is2000 && [0x4F, 0x92, 0x93].contains(code)
    }

    /// Up to the next marker: FF and what is neither stuffing nor a restart.
    private mutating func entropy(_ bytes: ArraySlice<UInt8>, _ isRest: Bool) -> Piece? {
        var index = bytes.startIndex
        while let found = bytes[index...].firstIndex(of: 0xFF), found + 1 < bytes.endIndex {
            let next = bytes[found + 1]
            if next >= 0xC0, !(0xD0...0xD7).contains(next), next != 0xFF {
                state = .marker
                // A marker that begins here was not one, or the rule is broken: once more from behind it.
                if found == bytes.startIndex { return bytes.count >= 4 || isRest ? marker(bytes, isRest) : nil }
                return whole(bytes[..<found], .entropy)
            }
            index = found + 1
        }
        state = .entropy
        return cut(bytes, .entropy, isRest: isRest)
    }

    private mutating func box(_ bytes: ArraySlice<UInt8>, _ isRest: Bool) -> Piece? {
        guard bytes.count >= 16 || isRest else { return nil }
        let head = Array(bytes.prefix(16))
        guard head.count >= 8 else { return whole(bytes, .structure) }
        var length = head[..<4].reduce(0) { $0 << 8 | Int($1) }
        let size = length == 1 && head.count == 16 ? 16 : 8
        if size == 16 { length = head[8..<12].contains { $0 != 0 } ? 0 : head[12...].reduce(0) { $0 << 8 | Int($1) } }
        if head[4..<8].elementsEqual([0x6A, 0x70, 0x32, 0x63]) {
            (state, is2000) = (.marker, true)
        } else {
            state = .structure(length == 0 ? nil : max(0, length - size), then: .box)
        }
        return Piece(count: size, kind: .structure, seen: size)
    }

    private func whole(_ bytes: ArraySlice<UInt8>, _ kind: Kind) -> Piece {
        Piece(count: bytes.count, kind: kind, seen: bytes.count)
    }

    /// A text can lie across two pieces.
    private func cut(_ bytes: ArraySlice<UInt8>, _ kind: Kind, isRest: Bool) -> Piece? {
        if isRest { return whole(bytes, kind) }
        guard bytes.count > 2 * Self.overlap else { return nil }
        return Piece(count: bytes.count - Self.overlap, kind: kind, seen: bytes.count)
    }
}
