import GRDB

/// The tables `lookup_recent` (entries as they came, one row for each commit) and `lookup` (sorted).
///
/// Keyed values are random: sorted in at once, each would touch a page of its own in every commit. So a commit only
/// appends, memory knows what was appended, and entries are sorted in together when there is nothing else to do.
extension StoreTransaction {
    /// Values looked for in one statement; the last one is repeated to fill it.
    private static let slots = 8
    private static let sql =
        "SELECT value, target FROM lookup WHERE value IN (\(Array(repeating: "?", count: slots).joined(separator: ",")))"

    /// Where these values may be found, in this transaction's own entries too.
    func lookup(_ values: [Int64]) throws -> Set<LookupEntry> {
        var found: Set<LookupEntry> = []
        guard !values.isEmpty else { return found }
        let covered = context.recent.find(values, into: &found)
        if !batch.entries.isEmpty {
            let sought = Set(values)
            for entry in batch.entries where sought.contains(entry.value) { found.insert(entry) }
        }
        if !batch.isSynchronized { try findUncovered(values, covered, into: &found) }
        for start in stride(from: 0, to: values.count, by: Self.slots) {
            var slice = Array(values[start..<min(start + Self.slots, values.count)])
            while slice.count < Self.slots, let last = slice.last { slice.append(last) }
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: Self.sql), arguments: StatementArguments(slice))
            while let row = try rows.next() { found.insert(LookupEntry(value: row[0], target: row[1])) }
        }
        return found
    }

    /// The rows of one kind where a keyed value may be found, oldest first.
    func rows(with value: some Collection<UInt8>, _ kind: LookupKind) throws -> [Int64] {
        try lookup([LookupEntry.leading(value)]).filter { $0.kind == kind }.map(\.row).sorted()
    }

    /// A reader sees a snapshot: what memory does not cover of it is read.
    private func findUncovered(
        _ values: [Int64], _ covered: RecentLookups.Range, into found: inout Set<LookupEntry>
    ) throws {
        let sought = Set(values)
        for row in try rows(
            "SELECT bytes FROM lookup_recent WHERE id < ? OR id > ?", [covered.first, covered.last])
        {
            for entry in LookupEntry.unpack(try row.bytes("bytes")) where sought.contains(entry.value) {
                found.insert(entry)
            }
        }
    }

    /// Brings memory up to date with what other processes wrote; at the beginning of a writing transaction.
    func synchronizeLookups() throws {
        let row = try row(
            "SELECT (SELECT min(id) FROM lookup_recent) AS first, (SELECT max(id) FROM lookup_recent) AS last", [])
        let (first, last): (Int64?, Int64?) = (row?["first"], row?["last"])
        let known = context.recent.range
        batch.isSynchronized = true
        guard let first, let last else {
            if known.first <= known.last { context.recent.reset(before: known.last + 1) }
            return
        }
        if first != known.first { context.recent.reset(before: first) }
        let covered = context.recent.range.last
        guard last > covered else { return }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, bytes FROM lookup_recent WHERE id > ? ORDER BY id", arguments: [covered])
        while let row = try rows.next() {
            context.recent.add(LookupEntry.unpack(try row.bytes("bytes")), of: row["id"])
        }
    }

    /// Appends the entries of the whole batch and returns the row's id.
    func storeLookups() throws -> Int64? {
        guard !batch.entries.isEmpty else { return nil }
        try execute("INSERT INTO lookup_recent (bytes) VALUES (?)", [LookupEntry.pack(batch.entries).blob])
        return db.lastInsertedRowID
    }

    /// Sorts the oldest entries into the table, at least `count` where there are so many.
    func sortInLookups(_ count: Int) throws -> (entries: [LookupEntry], through: Int64)? {
        var entries: [LookupEntry] = []
        var last: Int64?
        let rows = try Row.fetchCursor(db, sql: "SELECT id, bytes FROM lookup_recent ORDER BY id")
        while entries.count < count, let row = try rows.next() {
            entries += LookupEntry.unpack(try row.bytes("bytes"))
            last = row["id"]
        }
        guard let last else { return nil }
        try insert(entries)
        try execute("DELETE FROM lookup_recent WHERE id <= ?", [last])
        return (entries, last)
    }

    func insert(_ entries: [LookupEntry]) throws {
        let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO lookup (value, target) VALUES (?, ?)")
        for entry in entries.sorted() { try statement.execute(arguments: [entry.value, entry.target]) }
    }
}
