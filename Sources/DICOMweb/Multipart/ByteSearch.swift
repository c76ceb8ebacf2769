/// Finds one byte string in others (Horspool): steps over most of the bytes, so that a long body costs little.
struct ByteSearch: Sendable {
    let needle: [UInt8]
    private let steps: [Int]

    init(_ needle: [UInt8]) {
        self.needle = needle
        var steps = [Int](repeating: needle.count, count: 256)
        for (offset, byte) in needle.dropLast().enumerated() { steps[Int(byte)] = needle.count - 1 - offset }
        self.steps = steps
    }

    /// The first place at or behind `start` where the whole needle stands.
    func firstIndex(in bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        let last = needle.count - 1
        while position + last < bytes.count {
            var offset = last
            while offset >= 0, bytes[position + offset] == needle[offset] { offset -= 1 }
            if offset < 0 { return position }
            position += steps[Int(bytes[position + last])]
        }
        return nil
    }
}
