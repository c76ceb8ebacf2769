import GRDB
import MerkleLog
import Sealing
import Workflow

/// A segment file that is in place.
struct SegmentFile: Sendable {
    let indexes: Range<Int64>
    let folder: String
    let name: String
    let digest: Digest
    let frontier: Frontier
    let newest: Timestamp
    /// The bytes of all sealed bodies, as the database counts them.
    let bodyBytes: Int
}

/// Writes a segment in two walks over its rows: first the leaves, then the bodies.
struct SegmentWriter {
    let indexes: Range<Int64>
    let folder: String
    let key: DataKey

    private static let piece = 1 << 18

    /// A new one each time: an older file may be all that is left of what stands in it.
    private let name: String

    init(indexes: Range<Int64>, folder: String, key: DataKey) {
        (self.indexes, self.folder, self.key) = (indexes, folder, key)
        let bounds = "\(Self.digits(indexes.lowerBound))-\(Self.digits(indexes.upperBound))"
        name = "\(bounds)-\(Hex.encode(randomBytes(8))).segment"
    }

    /// Digits enough that names sort as numbers.
    private static func digits(_ index: Int64) -> String {
        let text = String(index)
        return String(repeating: "0", count: max(0, 12 - text.count)) + text
    }

    /// - Throws: `rolledBack` where rows are missing, errors of the file system.
    func write(_ transaction: StoreTransaction) throws -> SegmentFile {
        var frontier = try transaction.segments().last?.frontier ?? Frontier()
        guard frontier.size == UInt64(indexes.lowerBound) else { throw StoreFailure.rolledBack }
        var (length, newest): (Int, [UInt8]) = (0, [])
        try each(transaction) { row in
            let leaf = try row.blob(1)
            guard row[0] == Int64(frontier.size), !leaf.contains(0x0a) else { throw StoreFailure.rolledBack }
            frontier.append(.leaf(leaf))
            length += leaf.count + 1
            let time = LeafText(leaf).string("time") ?? []
            if newest.lexicographicallyPrecedes(time) { newest = Array(time) }
        }
        guard frontier.size == UInt64(indexes.upperBound),
            let time = Timestamp(leafText: newest)
        else { throw StoreFailure.rolledBack }
        let header = SegmentHeader(
            log: transaction.context.origin, start: indexes.lowerBound, past: indexes.upperBound, length: length,
            root: frontier.root.base64)
        let (digest, bodyBytes) = try write(header, transaction)
        return SegmentFile(
            indexes: indexes, folder: folder, name: name, digest: digest, frontier: frontier,
            newest: time, bodyBytes: bodyBytes)
    }

    private func write(_ header: SegmentHeader, _ transaction: StoreTransaction) throws -> (Digest, Int) {
        var hasher = SHA256Hasher()
        var bodyBytes = 0
        try writeDurably(folder: folder, name: name, replacing: false) { (file: borrowing OpenFile) throws in
            var buffer = header.line
            func flush(_ limit: Int) throws {
                guard buffer.count > limit else { return }
                hasher.update(buffer)
                try file.write(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
            try each(transaction) { row in
                buffer += try row.blob(1)
                buffer.append(0x0a)
                try flush(Self.piece)
            }
            var stream = SealedStreamWriter(key: key, fileID: name)
            try each(transaction) { row in
                let body = try row.blob(3)
                bodyBytes += body.count
                buffer += try stream.write(
                    SegmentBody(dataKey: row[2], body: body, subjects: try row.optionalBlob(4) ?? []).bytes)
                try flush(Self.piece)
            }
            buffer += try stream.finish()
            try flush(0)
        }
        return (hasher.finalize(), bodyBytes)
    }

    private func each(_ transaction: StoreTransaction, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            transaction.db,
            sql: "SELECT idx, bytes, data_key, body, subjects FROM leaves WHERE idx >= ? AND idx < ? ORDER BY idx",
            arguments: [indexes.lowerBound, indexes.upperBound])
        while let row = try rows.next() { try body(row) }
    }
}
