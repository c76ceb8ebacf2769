public import Audit
import GRDB
import MerkleLog
import Sealing
public import Workflow

/// Verifying what stands beside the leaves. It takes the keys, and says nothing about the tree: `AuditLogFile` does.
extension SQLiteStore {
    /// Opens every record, in segments too: each body opens and is the one to which its leaf commits, or its end stands
    /// in the log, and each leaf is found by all its subjects. `records` (the reading itself) is appended first.
    public func verifyRecords(reading records: [AuditRecord]) async throws(AdapterError) -> RecordVerification {
        _ = try await record(records)
        do {
            let size = try await read { Int64(clamping: try $0.frontier().size) }
            var check = RecordCheck(keys: try await read { try $0.destroyedKeys() })
            try await verifySegments(&check)
            try await walk(0..<size, &check)
            return check.finish()
        } catch {
            throw AdapterError(store: error)
        }
    }

    private func walk(_ indexes: Range<Int64>, _ check: inout RecordCheck) async throws {
        var next = indexes.lowerBound
        for segment in try await read({ try $0.segments() }) where check.unreadable.contains(segment.indexes.lowerBound)
        {
            try await walk(next, to: segment.indexes.lowerBound, &check)
            next = segment.indexes.upperBound
        }
        try await walk(next, to: indexes.upperBound, &check)
    }

    private func walk(_ start: Int64, to end: Int64, _ check: inout RecordCheck) async throws {
        guard start < end else { return }
        var reader = LogReader(self, indexes: start..<end, filter: LeafFilter(AuditQuery()))
        var next = start
        while let rows = try await reader.page() {
            for row in rows {
                for missing in next..<max(next, row.index) { check.verification.report(.leafMissing, missing) }
                next = row.index + 1
            }
            let findings = try await read { transaction in try rows.map(transaction.look) }
            for (row, finding) in zip(rows, findings) { check.take(row, finding) }
        }
        for missing in next..<max(next, end) { check.verification.report(.leafMissing, missing) }
    }

    /// Segments whose bytes are not those that were written.
    private func verifySegments(_ check: inout RecordCheck) async throws {
        for row in try await read({ try $0.segments() }) {
            let path = row.segment.path(in: context.options.archiveFolders)
            guard let path, (try? OpenFile.digest(of: path))?.hex == row.segment.digest else {
                check.verification.report(.segmentUnreadable, row.indexes.lowerBound)
                check.unreadable.insert(row.indexes.lowerBound)
                continue
            }
        }
    }
}

/// What looking at one leaf found.
struct RecordFinding: Sendable {
    enum Body: Sendable {
        case opened(AuditRecord)
        case expired
        /// `told` is the leaf that tells of it.
        case keyDestroyed(told: Int64?)
        case unreadable
        case mismatch
    }

    let body: Body
    let isIndexed: Bool
}

extension StoreTransaction {
    func look(_ row: LeafRow) throws -> RecordFinding {
        guard row.dataKey != 0 else {
            let key = try segment(of: row.index)?.dataKey
            return RecordFinding(body: .keyDestroyed(told: try key.flatMap(told)), isIndexed: true)
        }
        guard !row.body.isEmpty else { return RecordFinding(body: .expired, isIndexed: true) }
        let body: [UInt8]?
        do {
            body = try self.body(row)
        } catch {
            return RecordFinding(body: .unreadable, isIndexed: true)
        }
        guard let body else {
            return RecordFinding(body: .keyDestroyed(told: try told(row.dataKey)), isIndexed: true)
        }
        guard let record = try? Leaf.open(row.leaf, body: body) else {
            return RecordFinding(body: .mismatch, isIndexed: true)
        }
        return RecordFinding(body: .opened(record), isIndexed: try isIndexed(record, row))
    }

    /// The leaf that tells of a key's end.
    private func told(_ key: Int64) throws -> Int64? {
        try row("SELECT destroyed_at FROM data_key WHERE row = ?", [key])?["destroyed_at"]
    }

    private func isIndexed(_ record: AuditRecord, _ row: LeafRow) throws -> Bool {
        var sought = Set(record.subjects.map(\.value)).map { values(.subject, $0) }
        if try row.index >= correlationsFrom() { sought.append(values.correlation(record.correlation.value)) }
        guard try row.index < sortedTo() else {
            let own = Set(Self.values(row.subjects))
            return sought.allSatisfy { own.contains(LookupEntry.leading($0)) }
        }
        let target = row.index << 3 | LookupKind.leaf.rawValue
        let found = try lookup(sought.map(LookupEntry.leading))
        return sought.allSatisfy { found.contains(LookupEntry(value: LookupEntry.leading($0), target: target)) }
    }

    /// Destroyed keys by the leaf that tells of them; those of which none tells stand under nil.
    fileprivate func destroyedKeys() throws -> [Int64?: [String]] {
        let rows = try rows("SELECT id, destroyed_at FROM data_key WHERE destroyed = 1", [])
        return Dictionary(grouping: rows, by: { $0["destroyed_at"] as Int64? }).mapValues { $0.map { $0["id"] } }
    }
}

/// Adds up what was found; what the log itself must tell is compared at the end.
struct RecordCheck {
    var verification = RecordVerification()
    /// First leaves of segments that cannot be read.
    var unreadable: Set<Int64> = []
    private let keys: [Int64?: [String]]
    /// Leaves whose key was destroyed, and the leaf that tells of it.
    private var withoutKey: [(index: Int64, told: Int64?)] = []
    private var withoutBody: [Int64] = []
    /// Leaves that tell of destroyed keys and name the very keys, or cannot be opened any more themselves.
    private var told: Set<Int64> = []
    private var expiries = ToldExpiries()
    /// The last leaf that tells of an expiry and cannot be opened any more: its segment's retention ended.
    private var lastClosedExpiry: Int64 = -1

    init(keys: [Int64?: [String]]) { self.keys = keys }

    mutating func take(_ row: LeafRow, _ finding: RecordFinding) {
        switch finding.body {
        case .opened(let record):
            verification.opened += 1
            note(record, at: row.index)
        // What tells of keeping loses its body with its segment's key only.
        case .expired where row.tellsOfKeeping: verification.report(.bodyMissing, row.index)
        case .expired: withoutBody.append(row.index)
        case .keyDestroyed(let told):
            withoutKey.append((row.index, told))
            noteClosed(row)
        case .unreadable: verification.report(.bodyUnreadable, row.index)
        case .mismatch: verification.report(.bodyMismatch, row.index)
        }
        if !finding.isIndexed { verification.report(.indexMissing, row.index) }
    }

    private mutating func note(_ record: AuditRecord, at index: Int64) {
        if let digest = record.details["keysDigest"], let ids = keys[index], DataKeyDigest.text(ids) == digest {
            told.insert(index)
        }
        if record.event == .bodiesExpired { expiries.add(record.details) }
    }

    /// The leaf still says what it told of. Only a segment's key takes it away: in the database it is sealed under a
    /// key that nothing destroys.
    private mutating func noteClosed(_ row: LeafRow) {
        guard row.dataKey == 0 else { return }
        switch LeafText(row.leaf).text("event").flatMap(AuditEventType.init(rawValue:)) {
        case .keysDestroy: told.insert(row.index)
        case .bodiesExpired:
            told.insert(row.index)
            lastClosedExpiry = max(lastClosedExpiry, row.index)
        default: break
        }
    }

    consuming func finish() -> RecordVerification {
        for (index, leaf) in withoutKey {
            // No record tells of the end of its own key.
            if let leaf, leaf > index, told.contains(leaf) {
                verification.destroyed += 1
            } else {
                verification.report(.keyMissing, index)
            }
        }
        let missing = expiries.missing(withoutBody.filter { $0 > lastClosedExpiry })
        verification.expired += UInt64(withoutBody.count - missing.count)
        for index in missing { verification.report(.bodyMissing, index) }
        return verification
    }
}
