import Audit
import Foundation
import GRDB
import Mapping
import Sealing

/// The table `data_key`: one key per patient, one per record that names no patient or several. Every patient that a key
/// protects is linked to it, so that shredding finds all.
extension StoreTransaction {
    /// The key for a record about these patients (`assigner|identifier`).
    /// - Parameter current: the key of the row that is written again; it is kept while the patients stay the same.
    func dataKey(for patients: [String], current: String? = nil) throws -> DataKey {
        let subjects = Set(patients.map { keys.indexValue(.patient, $0).blob })
        if subjects.count == 1, let subject = subjects.first {
            let row = try row("SELECT * FROM data_key WHERE subject = ? AND destroyed = 0", [subject])
            return try row.map(unwrap) ?? makeKey(subject: subject, links: subjects)
        }
        if let current, try links(of: current) == subjects,
            let row = try row("SELECT * FROM data_key WHERE id = ? AND destroyed = 0 AND subject IS NULL", [current])
        {
            return try unwrap(row)
        }
        return try makeKey(subject: nil, links: subjects)
    }

    /// The key by which a row was sealed.
    /// - Throws: `dataKeyDestroyed` where it was shredded.
    func dataKey(_ id: String) throws -> DataKey {
        guard let row = try row("SELECT * FROM data_key WHERE id = ?", [id]) else { throw StoreFailure.rowMissing }
        return try unwrap(row)
    }

    private func unwrap(_ row: Row) throws -> DataKey {
        guard let wrapped = try row.optionalBytes("wrapped") else { throw StoreFailure.dataKeyDestroyed }
        return try keys.unwrap(
            WrappedKey(dataKeyID: DataKeyID(text: row["id"]), masterID: row["master"], bytes: wrapped))
    }

    private func makeKey(subject: Data?, links: Set<Data>) throws -> DataKey {
        let key = DataKey.random()
        let wrapped = try keys.wrap(key)
        try execute(
            "INSERT INTO data_key (id, subject, master, wrapped) VALUES (?, ?, ?, ?)",
            [key.id.text, subject, wrapped.masterID, wrapped.bytes.blob])
        for link in links {
            try execute("INSERT INTO data_key_link (subject, data_key) VALUES (?, ?)", [link, key.id.text])
        }
        return key
    }

    private func links(of key: String) throws -> Set<Data> {
        Set(try Data.fetchAll(db, sql: "SELECT subject FROM data_key_link WHERE data_key = ?", arguments: [key]))
    }
}

extension AssignedIdentifier {
    /// `assigner|identifier`; nil for an unknown assigner, whose identifiers equal nothing.
    var patientText: String? { assigner.map { "\($0.name)|\(value)" } }
}

extension AuditRecord {
    /// The patients of whom the record tells, as `AssignedIdentifier.patientText` writes them.
    var patientTexts: [String] {
        subjects.filter { $0.type == .patient && !$0.assigner.isEmpty }.map { "\($0.assigner)|\($0.identifier)" }
    }
}
