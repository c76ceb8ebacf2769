@testable import HL7v2

/// Damages messages: bits, bytes, delimiters, cuts, copies and joins. Written for speed: it runs unoptimised.
struct Mutation {
    private static let interesting =
        Array("|^~\\&\r\n\"X.CM".utf8) + [0x00, 0x0B, 0x1B, 0x1C, 0x7F, 0x80, 0x8E, 0xC3, 0xEF, 0xFE, 0xFF]
    private static let fragments: [[UInt8]] = [
        "\\X0D\\", "\\M2442\\", "\\C2842\\", "\\.br\\", "\\.sp9\\", "\u{1B}$B", "\u{1B}(I", "\u{1B}(B", "\rMSH|^~\\&|",
        "\rBTS|1\r",
        "\r\n", "\"\"", "~~", "\\F\\", "\\C2D46\\",
    ].map { Array($0.utf8) }

    private let corpus: [[UInt8]]
    private var random: SeededGenerator

    init(_ corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        random = SeededGenerator(seed: seed)
    }

    /// A number below `count`.
    mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 33) % max(count, 1) }

    mutating func next() -> [UInt8] {
        var bytes = corpus[below(corpus.count)]
        for _ in 0...below(5) {
            guard !bytes.isEmpty else { return bytes }
            let index = below(bytes.count)
            let length = min(below(40), bytes.count - index)
            switch below(9) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes[index] = Self.interesting[below(Self.interesting.count)]
            case 2: bytes.insert(Self.interesting[below(Self.interesting.count)], at: index)
            case 3: bytes.removeSubrange(index..<(index + length))
            case 4: bytes.insert(contentsOf: Array(bytes[index..<(index + length)]), at: below(bytes.count))
            case 5: bytes.removeSubrange(index...)
            case 6: bytes.insert(contentsOf: Self.fragments[below(Self.fragments.count)], at: index)
            case 7: bytes[index] = UInt8(truncatingIfNeeded: below(256))
            default:
                let other = corpus[below(corpus.count)]
                bytes.replaceSubrange(index..., with: other[below(other.count)...])
            }
        }
        return bytes
    }
}
