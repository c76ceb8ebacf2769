import Foundation
import GRDB
import Sealing

/// A data key and where it stands.
struct SealingKey: Sendable {
    let row: Int64
    let key: DataKey
    let subjects: PatientSet
}

/// A data key that is made before its transaction, wrapped for the table.
struct KeyDraft: Sendable {
    let key: DataKey
    let wrapped: WrappedKey
    let subjects: PatientSet

    init(for subjects: PatientSet, keys: KeyRing) throws {
        key = DataKey.random()
        wrapped = try keys.wrap(key)
        self.subjects = subjects
    }
}

/// The table `data_key`: one key per patient, one per record (or message with all that it brings) that names no patient
/// or several. A key says which patients it protects, and is found by each of them, so that shredding finds all.
extension StoreTransaction {
    /// The key for a record about these patients.
    /// - Parameter current: the key of the row that is written again; it is kept while the patients stay the same.
    func dataKey(for patients: PatientSet, current: Int64? = nil) throws -> SealingKey {
        if let existing = try existingKey(for: patients) { return existing }
        if let current,
            let row = try row("SELECT * FROM data_key WHERE row = ? AND destroyed = 0", [current]),
            PatientSet(joined: try row.optionalBytes("subjects") ?? []) == patients
        {
            return SealingKey(row: current, key: try unwrap(row), subjects: patients)
        }
        return try insert(try KeyDraft(for: patients, keys: keys))
    }

    /// The key of the one patient; nil for none, several, or one without a key that is still there.
    /// - Parameter candidates: rows where it may be; looked up where not given.
    func existingKey(for patients: PatientSet, among candidates: [Int64]? = nil) throws -> SealingKey? {
        guard patients.values.count == 1, let subject = patients.values.first else { return nil }
        for candidate in try candidates ?? rows(with: subject, .dataKey) {
            let row = try row(
                "SELECT * FROM data_key WHERE row = ? AND subjects = ? AND destroyed = 0", [candidate, subject.blob])
            if let row { return SealingKey(row: candidate, key: try unwrap(row), subjects: patients) }
        }
        return nil
    }

    /// The key by which a row was sealed.
    /// - Throws: `dataKeyDestroyed` where it was shredded.
    func dataKey(_ number: Int64) throws -> DataKey {
        guard let row = try row("SELECT * FROM data_key WHERE row = ?", [number]) else {
            throw StoreFailure.rowMissing
        }
        return try unwrap(row)
    }

    /// All keys that protect a patient, alone or with others: what shredding destroys.
    func dataKeys(protecting subject: [UInt8]) throws -> [Int64] {
        try rows(with: subject, .dataKey).filter { number in
            let row = try row("SELECT subjects FROM data_key WHERE row = ?", [number])
            return PatientSet(joined: try row?.optionalBytes("subjects") ?? []).values.contains(subject)
        }
    }

    func insert(_ draft: KeyDraft) throws -> SealingKey {
        // A master key may have been exchanged since the draft was made.
        let wrapped = keys.isCurrent(draft.wrapped) ? draft.wrapped : try keys.wrap(draft.key)
        try execute(
            "INSERT INTO data_key (id, subjects, master, wrapped) VALUES (?, ?, ?, ?)",
            [draft.key.id.text, draft.subjects.blob, wrapped.masterID, wrapped.bytes.blob])
        let row = db.lastInsertedRowID
        batch.entries += draft.subjects.values.map { LookupEntry($0, .dataKey, row: row) }
        return SealingKey(row: row, key: draft.key, subjects: draft.subjects)
    }

    private func unwrap(_ row: Row) throws -> DataKey {
        guard let wrapped = try row.optionalBytes("wrapped") else { throw StoreFailure.dataKeyDestroyed }
        return try keys.unwrap(
            WrappedKey(dataKeyID: DataKeyID(text: row["id"]), masterID: row["master"], bytes: wrapped))
    }
}
