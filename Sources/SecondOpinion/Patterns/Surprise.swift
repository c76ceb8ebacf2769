import Glibc

/// How improbable it is that bytes stand somewhere by chance. Chance puts a pattern of `b` bits into `n` bytes with a
/// probability of at most about `n / 2^b`.
enum Surprise {
    /// Bits in samples of a picture, by the least favourable of several models: neighbouring samples of one or two bytes
    /// that differ little, noise, and evenly distributed bytes without regard to case.
    static func bits(_ pattern: [UInt8]) -> Double {
        // Two-byte characters: the zeros are the upper bytes of 16-bit samples.
        let symbols = pattern.count(where: { $0 == 0 }) * 3 > pattern.count ? pattern.filter { $0 != 0 } : pattern
        guard symbols.count > 1 else { return 0 }
        let even = symbols.reduce(0.0) { sum, byte in sum + (isLetter(byte) ? 7 : 8) }
        return min(picture(symbols[...]), samples(pattern), even)
    }

    /// Bits in an entropy-coded stream, whose bytes are evenly distributed but for zeros.
    static func bitsInStream(_ pattern: [UInt8]) -> Double {
        pattern.reduce(0.0) { sum, byte in sum + (byte == 0 ? 4 : isLetter(byte) ? 7 : 8) }
    }

    /// Bits in a table whose neighbouring values differ by one or two.
    static func bitsInRamp(_ pattern: ArraySlice<UInt8>) -> Double { picture(pattern, [1]) }

    /// Samples of one byte.
    private static func picture(_ symbols: ArraySlice<UInt8>, _ scales: [Double] = [1, 2, 4, 8, 20]) -> Double {
        let steps = zip(symbols, symbols.dropFirst()).map { abs(Double($0) - Double($1)) }
        return scales.map { scale in
            steps.reduce(5) { $0 + log2(2 * scale) + $1 / scale * 1.4427 }
        }.min() ?? 0
    }

    /// Samples of two bytes of either order: the upper ones hardly change.
    private static func samples(_ pattern: [UInt8]) -> Double {
        let halves = (0..<2).map { half in
            stride(from: half, to: pattern.count, by: 2).map { pattern[$0] }
        }
        return (0..<2).map { upper in
            let steps = zip(halves[upper], halves[upper].dropFirst()).map { abs(Double($0) - Double($1)) }
            return steps.reduce(3) { $0 + ($1 == 0 ? 0.1 : 3 + $1 * 1.4427) } + picture(halves[1 - upper][...])
        }.min() ?? 0
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
}
