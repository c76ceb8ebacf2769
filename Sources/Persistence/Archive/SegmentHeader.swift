import JSON
import MerkleLog

/// The first line of a segment file: canonical JSON. Behind it stand the leaves, one a line and byte for byte as they
/// were hashed, and then the sealed bodies up to the end of the file.
struct SegmentHeader: Equatable, Sendable {
    static let kind = "imaging-gateway/audit-segment/v1"
    static let lengthLimit = 4096

    /// The log's origin when the segment was made.
    let log: String
    let start: Int64
    let past: Int64
    /// The bytes of all leaf lines.
    let length: Int
    /// The root of the tree over all leaves before `past`.
    let root: String

    var line: [UInt8] {
        let json: JSONValue = [
            "kind": .string(Self.kind), "leaves": .number(JSONNumber(length)), "log": .string(log),
            "past": .number(JSONNumber(Int(past))), "root": .string(root), "start": .number(JSONNumber(Int(start))),
        ]
        return json.serialized(.canonical) + [0x0a]
    }

    init(log: String, start: Int64, past: Int64, length: Int, root: String) {
        (self.log, self.start, self.past, self.length, self.root) = (log, start, past, length, root)
    }

    /// - Parameter line: without its line feed.
    init?(line: [UInt8]) {
        guard let json = try? JSONValue(parsing: line), json["kind"]?.string == Self.kind,
            let log = json["log"]?.string, let start = json["start"]?.int, let past = json["past"]?.int,
            let length = json["leaves"]?.int, let root = json["root"]?.string, start >= 0, past > start, length >= 0
        else { return nil }
        self.init(log: log, start: Int64(start), past: Int64(past), length: length, root: root)
    }
}

/// The sealed part of a segment, leaf by leaf: the number of the data key, the body as it was sealed, and the keyed
/// values of the subjects; lengths in four bytes, all big endian.
struct SegmentBody: Equatable, Sendable {
    let dataKey: Int64
    let body: [UInt8]
    let subjects: [UInt8]

    private static let headLength = 16

    var bytes: [UInt8] { Self.bigEndian(UInt64(bitPattern: dataKey), 8) + Self.sized(body) + Self.sized(subjects) }

    private static func sized(_ bytes: [UInt8]) -> [UInt8] { bigEndian(UInt64(bytes.count), 4) + bytes }

    private static func bigEndian(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    init(dataKey: Int64, body: [UInt8], subjects: [UInt8]) {
        (self.dataKey, self.body, self.subjects) = (dataKey, body, subjects)
    }

    /// Takes one from the beginning of `bytes`; nil where it is not whole yet.
    init?(taking bytes: inout ArraySlice<UInt8>) {
        guard bytes.count >= Self.headLength else { return nil }
        var rest = bytes
        dataKey = Int64(Self.number(rest.prefix(8)))
        rest = rest.dropFirst(8)
        var parts: [[UInt8]] = []
        for _ in 0..<2 {
            guard rest.count >= 4 else { return nil }
            let count = Self.number(rest.prefix(4))
            rest = rest.dropFirst(4)
            guard rest.count >= count else { return nil }
            parts.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        (body, subjects) = (parts[0], parts[1])
        bytes = rest
    }
}
