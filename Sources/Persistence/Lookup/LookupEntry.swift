/// What a lookup entry points to; the raw values stand in the file.
enum LookupKind: Int64, Sendable {
    case order = 0
    case message = 1
    case dataKey = 2
    case leaf = 3
    case merge = 4
}

/// A hint where a keyed value is found: the first eight bytes of the value, and the row.
///
/// An entry may be stale, and two values may begin alike: whoever follows it compares with what the row itself says.
/// So entries are only ever added, and none has to be taken away in the transaction that changes a row.
struct LookupEntry: Hashable, Sendable, Comparable {
    let value: Int64
    /// Row and kind in one number.
    let target: Int64

    init(value: Int64, target: Int64) {
        self.value = value
        self.target = target
    }

    init(_ value: some Collection<UInt8>, _ kind: LookupKind, row: Int64) {
        self.init(value: Self.leading(value), target: row << 3 | kind.rawValue)
    }

    var row: Int64 { target >> 3 }
    var kind: LookupKind? { LookupKind(rawValue: target & 7) }

    /// The first eight bytes as a number.
    static func leading(_ value: some Collection<UInt8>) -> Int64 {
        Int64(bitPattern: value.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// By value first: the order in which the table keeps them.
    static func < (left: LookupEntry, right: LookupEntry) -> Bool {
        (left.value, left.target) < (right.value, right.target)
    }
}

extension LookupEntry {
    static let packedLength = 16

    /// Sixteen bytes each, big endian.
    static func pack(_ entries: [LookupEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * packedLength)
        for entry in entries {
            for number in [entry.value, entry.target] {
                for shift in stride(from: Int64(56), through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: number >> shift))
                }
            }
        }
        return bytes
    }

    /// The inverse; bytes that are no whole entry at the end are ignored.
    static func unpack(_ bytes: [UInt8]) -> [LookupEntry] {
        stride(from: 0, through: bytes.count - packedLength, by: packedLength).map { start in
            LookupEntry(value: leading(bytes[start...]), target: leading(bytes[(start + 8)...]))
        }
    }
}
