/// A modality or VOI lookup table (PS3.3 C.11.1, C.11.2).
struct LookupTable: Sendable, Equatable {
    /// First input value that is mapped; smaller ones get the first entry.
    let firstMapped: Int
    let entries: [UInt16]
    let bits: Int

    /// Makes a table from descriptor and data; `nil` where they contradict each other.
    init?(descriptor: [Int], data: [UInt16]) {
        guard descriptor.count == 3 else { return nil }
        // Zero entries means 2^16 (PS3.3 C.11.1.1.1); as SS the number may have come out negative.
        let count = descriptor[0] == 0 ? 1 << 16 : descriptor[0] & 0xFFFF
        guard count == data.count, !data.isEmpty, (8...16).contains(descriptor[2]) else { return nil }
        firstMapped = descriptor[1]
        entries = data
        bits = descriptor[2]
    }

    /// The entry for a value, clamped to the ends; values between integers take the one below.
    func callAsFunction(_ value: Double) -> Double {
        let offset = (value - Double(firstMapped)).rounded(.down)
        return Double(entries[Int(min(max(offset, 0), Double(entries.count - 1)))])
    }

    /// The largest value that an entry can have.
    var maximum: Double { Double((1 << bits) - 1) }
}
