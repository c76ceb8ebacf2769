public import Audit
import GRDB
import Sealing
public import Workflow

/// Destroying the keys of one patient.
extension SQLiteStore {
    /// Destroys every data key that protects a patient, alone or with others, and those of identifiers merged with it:
    /// no copy of this database can open any more what they sealed. The log stays whole. `record` (`keys.destroy`,
    /// without the patient) is appended in the same transaction, with the counts and the digest of the keys as details.
    ///
    /// What others share with the patient in one message goes with it. The wrapped keys in backups stay until these are
    /// destroyed.
    /// - Throws: `conflict` `keys.legalHold` and `keys.ordersUnfinished`, before anything is destroyed; `notFound` where
    ///   the patient has no key.
    public func shred(patient: Subject, record: AuditRecord) async throws(AdapterError) -> Shredding {
        var shredding = try await change { try $0.shred(patient, record) }
        shredding.isOutOfFiles = await truncateLog()
        return shredding
    }

    /// Works SQLite's write-ahead log into the database file and empties it: older versions of pages stand there, and a
    /// folder that is copied without it would be a folder without its newest rows.
    /// - Returns: whether that was possible; readers of another process may hold it.
    @discardableResult
    public func truncateLog() async -> Bool {
        for _ in 0..<3 {
            let result = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            if result != nil { return true }
        }
        return false
    }
}

extension StoreTransaction {
    fileprivate func shred(_ patient: Subject, _ record: AuditRecord) throws -> Shredding {
        guard let value = PatientSet(subjects: [patient], values: values).values.first else {
            throw StoreFailure.rowMissing
        }
        let linked = try linkedKeys(of: value)
        guard !linked.keys.isEmpty else { throw StoreFailure.rowMissing }
        try refuseUnfinished(linked.keys)
        try refuseHeld(linked)
        let (orders, messages) = try empty(linked)
        let digest = try digest(of: linked.keys)
        var told = record
        // Sealed under a new key of the patient, it would keep the identifier for ever.
        told.subjects.removeAll { $0.type == .patient }
        told.details["keys"] = String(linked.keys.count)
        told.details["identifiers"] = String(linked.identifiers.count)
        told.details["keysDigest"] = digest
        let index = try append([told]).first ?? 0
        try destroy(linked.keys, told: index)
        return Shredding(
            keys: linked.keys.count, identifiers: linked.identifiers.count, orders: orders, messages: messages,
            digest: digest, isOutOfFiles: false)
    }

    /// The digest by which a record names keys that were destroyed together.
    func digest(of keys: some Sequence<Int64>) throws -> String {
        let ids = try keys.compactMap { try row("SELECT id FROM data_key WHERE row = ?", [$0])?["id"] as String? }
        return DataKeyDigest.text(ids)
    }

    /// - Parameter told: the leaf that tells of it.
    func destroy(_ keys: Set<Int64>, told index: UInt64) throws {
        for key in keys {
            try execute(
                "UPDATE data_key SET destroyed = 1, wrapped = NULL, destroyed_at = ? WHERE row = ?",
                [Int64(clamping: index), key])
        }
    }

    /// - Throws: `ordersUnfinished` where something is still to be done with what the keys protect.
    private func refuseUnfinished(_ keys: Set<Int64>) throws {
        let list = Self.list(keys)
        let unfinished = try row(
            """
            SELECT 1 FROM orders WHERE kind = 'order' AND data_key IN (\(list))
                AND state IN ('accepted', 'waiting', 'held', 'composed', 'parked')
            UNION ALL SELECT 1 FROM outbox WHERE state IN ('held', 'pending') AND data_key IN (\(list))
            UNION ALL SELECT 1 FROM exports WHERE state = 'pending' AND data_key IN (\(list))
            UNION ALL SELECT 1 FROM replies WHERE state = 'pending' AND data_key IN (\(list)) LIMIT 1
            """, [])
        guard unfinished == nil else { throw StoreFailure.ordersUnfinished }
    }

    /// - Throws: `legalHold` where one of the keys protects what is held.
    private func refuseHeld(_ linked: LinkedKeys) throws {
        let held = try heldLeaves()
        guard !held.isEverything, held.dataKeys.isDisjoint(with: linked.keys) else { throw StoreFailure.legalHold }
        var archived = held.otherIndexes
        for index in held.otherIndexes {
            guard let row = try row("SELECT data_key FROM leaves WHERE idx = ?", [index]) else { continue }
            guard !linked.keys.contains(row["data_key"]) else { throw StoreFailure.legalHold }
            archived.remove(index)
        }
        guard try !isAnySealed(archived, by: linked.keys) else { throw StoreFailure.legalHold }
    }

    /// Whether one of the keys has sealed one of these leaves of segments. Where a segment's retention ended nothing is
    /// left to be destroyed.
    private func isAnySealed(_ indexes: Set<Int64>, by keys: Set<Int64>) throws -> Bool {
        guard !indexes.isEmpty else { return false }
        for segment in try segments() where indexes.contains(where: segment.indexes.contains) {
            guard let key = try key(of: segment) else { continue }
            var reader = try segment.open(key, folders: context.options.archiveFolders)
            while let row = try reader.nextLeaf() {
                if indexes.contains(row.index), keys.contains(row.dataKey) { return true }
            }
        }
        return false
    }

    /// Takes away what the keys sealed outside of the log.
    func empty(_ linked: LinkedKeys) throws -> (orders: Int, messages: Int) {
        let list = Self.list(linked.keys)
        try execute("DELETE FROM orders WHERE kind = 'notice' AND data_key IN (\(list))")
        try execute("UPDATE orders SET content = x'', terms = x'' WHERE data_key IN (\(list))")
        let orders = db.changesCount
        try execute("UPDATE outbox SET payload = x'' WHERE data_key IN (\(list))")
        try execute("UPDATE exports SET content = x'' WHERE data_key IN (\(list))")
        try execute("UPDATE certificates SET content = x'' WHERE data_key IN (\(list))")
        try execute("UPDATE replies SET payload = iif(state = 'delivered', NULL, x'') WHERE data_key IN (\(list))")
        let size = try row(
            "SELECT coalesce(sum(size), 0) AS size FROM messages WHERE body IS NOT NULL AND data_key IN (\(list))", [])
        batch.messageBytes -= size?["size"] ?? 0
        try execute(
            "UPDATE messages SET body = NULL, reply = NULL, deduplication = NULL WHERE data_key IN (\(list))")
        let messages = db.changesCount
        try execute("DELETE FROM patient_merge WHERE data_key IN (\(list))")
        return (orders, messages)
    }

    /// Row numbers of our own, not text from outside.
    private static func list(_ keys: Set<Int64>) -> String { keys.sorted().map(String.init).joined(separator: ",") }
}

/// How destroyed keys are named in a record.
enum DataKeyDigest {
    static func text(_ ids: [String]) -> String { Digest.sha256(Array(ids.sorted().joined().utf8)).hex }
}
