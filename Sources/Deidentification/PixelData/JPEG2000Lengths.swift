/// Tile-part lengths (TLM, ISO 15444-1 §A.7.1): they only help to find tile-parts, but HTJ2K RPCL asks for them (PS3.5
/// §10.18). They are written anew, in the form that they had.
struct JPEG2000Lengths {
    /// Bytes of a tile index: 0, 1, 2.
    private let index: Int
    /// Bytes of a length: 2, 4.
    private let length: Int
    private let form: UInt8
    private let bytesOfEntries: Int

    /// - Parameter contents: what follows the length of each such segment. Nil for a form that there is not.
    init?(_ contents: [ArraySlice<UInt8>]) {
        guard let form = contents.first?.dropFirst().first, form & 0b1000_1111 == 0, form >> 4 & 3 < 3 else {
            return nil
        }
        (self.form, index) = (form, Int(form >> 4 & 3))
        length = form & 0x40 == 0 ? 2 : 4
        bytesOfEntries = contents.reduce(0) { $0 + max(0, $1.count - 2) }
    }

    /// The segments for these tile-parts; nil where one does not fit the form, and where there were others than these.
    func segments(_ parts: [(tile: Int, length: Int)]) -> [UInt8]? {
        guard bytesOfEntries == parts.count * (index + length) else { return nil }
        var entries: [UInt8] = []
        for (place, part) in parts.enumerated() {
            let isPossible = index == 0 ? part.tile == place : part.tile < 1 << (8 * index)
            guard isPossible, part.length < 1 << (8 * length) else { return nil }
            entries += bytes(part.tile, index) + bytes(part.length, length)
        }
        let most = (65_535 - 4) / (index + length) * (index + length)
        var segments: [UInt8] = []
        for (number, start) in stride(from: 0, to: entries.count, by: most).enumerated() {
            guard number < 256 else { return nil }
            let part = entries[start..<min(start + most, entries.count)]
            segments += [0xFF, 0x55] + bytes(part.count + 4, 2) + [UInt8(number), form] + part
        }
        return segments
    }

    private func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
