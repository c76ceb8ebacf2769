import Glibc

/// How improbable it is that bytes stand somewhere by chance.
enum Surprise {
    /// Bits of the least improbable of several models: a picture whose neighbouring samples differ little, one with
    /// noise, and evenly distributed bytes (compressed data) without regard to case. Chance puts a pattern of `b` bits
    /// into `n` bytes with a probability of at most about `n / 2^b`.
    static func bits(_ pattern: [UInt8]) -> Double {
        // Two-byte characters: the zeros are the upper bytes of 16-bit samples.
        let symbols = pattern.count(where: { $0 == 0 }) * 3 > pattern.count ? pattern.filter { $0 != 0 } : pattern
        guard symbols.count > 1 else { return 0 }
        let steps = zip(symbols, symbols.dropFirst()).map { abs(Double($0) - Double($1)) }
        let pictures = [1.0, 2, 4, 8, 20].map { scale in
            steps.reduce(5) { $0 + log2(2 * scale) + $1 / scale * 1.4427 }
        }
        let even = symbols.reduce(0.0) { sum, byte in sum + (isLetter(byte) ? 7 : 8) }
        return min(pictures.min() ?? 0, even)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
}
