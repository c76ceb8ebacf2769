/// RFC 1951, written for this reader alone; the output leaves in pieces.
struct Inflate {
    private let input: [UInt8]
    private var position: Int
    private var buffer: UInt32 = 0
    private var bits: UInt32 = 0
    private var window: [UInt8] = []
    private var written = 0
    private let limit: Int

    /// Calls `piece` with what the deflated bytes hold. Throws `notInflatable`.
    static func inflate(
        _ bytes: [UInt8], piece: ([UInt8]) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) {
        var inflate = Self(input: bytes)
        try inflate.blocks(piece)
    }

    private init(input: [UInt8]) {
        self.input = input
        position = 0
        limit = max(1 << 20, input.count * 1000)
    }

    private mutating func blocks(_ piece: ([UInt8]) throws(SecondOpinionError) -> Void) throws(SecondOpinionError) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored(piece)
            case 1: try compressed(Self.fixedLiterals, Self.fixedDistances, piece)
            case 2:
                let (literals, distances) = try tables()
                try compressed(literals, distances, piece)
            default: throw SecondOpinionError(.notInflatable, offset: position)
            }
        }
        try piece(Array(window.suffix(pending)))
        // One byte pads the file to an even length; anything else nobody would have looked at.
        guard input.count - position <= 1 else { throw SecondOpinionError(.malformedFile, offset: position) }
    }

    private var pending = 0

    private mutating func put(
        _ byte: UInt8, _ piece: ([UInt8]) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) {
        window.append(byte)
        pending += 1
        written += 1
        guard written <= limit else { throw SecondOpinionError(.notInflatable, offset: position) }
        guard window.count >= 1 << 17 else { return }
        try piece(Array(window.suffix(pending)))
        pending = 0
        window.removeFirst(window.count - (1 << 15))
    }

    private mutating func take(_ count: UInt32) throws(SecondOpinionError) -> Int {
        while bits < count {
            guard position < input.count else { throw SecondOpinionError(.notInflatable, offset: position) }
            buffer |= UInt32(input[position]) << bits
            position += 1
            bits += 8
        }
        defer {
            buffer >>= count
            bits -= count
        }
        return Int(buffer & ((1 << count) - 1))
    }

    private mutating func stored(_ piece: ([UInt8]) throws(SecondOpinionError) -> Void) throws(SecondOpinionError) {
        (buffer, bits) = (0, 0)
        let length = try take(16)
        guard try take(16) == length ^ 0xFFFF, position + length <= input.count else {
            throw SecondOpinionError(.notInflatable, offset: position)
        }
        for _ in 0..<length {
            try put(input[position], piece)
            position += 1
        }
    }

    private mutating func compressed(
        _ literals: Huffman, _ distances: Huffman, _ piece: ([UInt8]) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) {
        while true {
            let symbol = try decode(literals)
            if symbol < 256 {
                try put(UInt8(symbol), piece)
                continue
            }
            if symbol == 256 { return }
            guard symbol < 286 else { throw SecondOpinionError(.notInflatable, offset: position) }
            let length = Self.lengths[symbol - 257].base + (try take(Self.lengths[symbol - 257].extra))
            let code = try decode(distances)
            guard code < 30 else { throw SecondOpinionError(.notInflatable, offset: position) }
            let distance = Self.distances[code].base + (try take(Self.distances[code].extra))
            guard distance <= window.count else { throw SecondOpinionError(.notInflatable, offset: position) }
            for _ in 0..<length { try put(window[window.count - distance], piece) }
        }
    }

    private mutating func decode(_ table: Huffman) throws(SecondOpinionError) -> Int {
        var code = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            code |= try take(1)
            let count = table.counts[length]
            if code - first < count { return table.symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw SecondOpinionError(.notInflatable, offset: position)
    }

    private mutating func tables() throws(SecondOpinionError) -> (Huffman, Huffman) {
        let literals = try take(5) + 257
        let distances = try take(5) + 1
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in 0..<(try take(4) + 4) { codeLengths[order[index]] = try take(3) }
        let codes = Huffman(codeLengths[...])
        var lengths: [Int] = []
        while lengths.count < literals + distances {
            let symbol = try decode(codes)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw SecondOpinionError(.notInflatable, offset: position) }
                lengths += [Int](repeating: last, count: 3 + (try take(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try take(3)))
            case 18: lengths += [Int](repeating: 0, count: 11 + (try take(7)))
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == literals + distances else { throw SecondOpinionError(.notInflatable, offset: position) }
        return (Huffman(lengths[..<literals]), Huffman(lengths[literals...]))
    }

    private struct Huffman: Sendable {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int]

        init(_ lengths: ArraySlice<Int>) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            symbols = lengths.enumerated().filter { $0.element > 0 }
                .sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }.map(\.offset)
        }
    }

    private static let fixedLiterals = Huffman(
        ([Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8))[...])
    private static let fixedDistances = Huffman([Int](repeating: 5, count: 30)[...])

    private static let lengths: [(base: Int, extra: UInt32)] = {
        var table: [(base: Int, extra: UInt32)] = (3...10).map { ($0, 0) }
        var base = 11
        for extra in 1...5 {
            for _ in 0..<4 {
                table.append((base, UInt32(extra)))
                base += 1 << extra
            }
        }
        table[27] = (227, 5)
        table.append((258, 0))
        return table
    }()

    private static let distances: [(base: Int, extra: UInt32)] = {
        var table: [(base: Int, extra: UInt32)] = (1...4).map { ($0, 0) }
        var base = 5
        for extra in 1...13 {
            for _ in 0..<2 {
                table.append((base, UInt32(extra)))
                base += 1 << extra
            }
        }
        return table
    }()
}
