/// Reads little-endian numbers, texts and bytes from a message; nil beyond its end, and for what has no such form.
struct WireReader {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8]) { (self.bytes, position) = (bytes, 0) }

    var remaining: Int { bytes.count - position }
    var isAtEnd: Bool { remaining == 0 }

    mutating func number(_ width: Int) -> Int? {
        guard remaining >= width else { return nil }
        defer { position += width }
        return (0..<width).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    }

    /// 0 or 1, nothing else.
    mutating func flag() -> Bool? {
        switch number(1) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    /// UTF-8 with its length in two bytes, at most `limit` of them.
    mutating func text(limit: Int) -> String? {
        guard let count = number(2), count <= limit, let bytes = bytes(count) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// Writes what `WireReader` reads.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

    mutating func number(_ value: Int, _ width: Int) {
        for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// What is longer than a length can say is cut off; no attribute of a frame is.
    mutating func text(_ text: String) {
        let utf8 = text.utf8.prefix(Int(UInt16.max))
        number(utf8.count, 2)
        append(utf8)
    }
}
