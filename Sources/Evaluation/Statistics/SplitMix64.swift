/// The generator of every random choice here: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). Its numbers are the same on
/// every machine and in every version of Swift, so that intervals can be reproduced to the last digit.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts from a seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number from 0 to `count` − 1: the high word of the product with the next 64 bits. Its unevenness is below
    /// `count` / 2⁶⁴.
    mutating func index(below count: Int) -> Int {
        Int(truncatingIfNeeded: UInt64(count).multipliedFullWidth(by: next()).high)
    }
}
