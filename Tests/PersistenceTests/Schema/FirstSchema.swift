import Audit
import Foundation
import GRDB
import JSON
import Mapping
import MerkleLog
import Sealing
import Workflow

@testable import Persistence

/// Writes a folder as the first schema had it, with the formats of that time.
struct FirstSchema {
    let db: Database
    let ring: KeyRing

    static func write(
        _ folder: DataFolder, ring: KeyRing, _ body: (FirstSchema) throws -> Void
    ) throws {
        let pool = try DatabasePool(path: folder.databasePath)
        try Migrations.migrate(pool, upTo: "1")
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO meta (name, value) VALUES ('installation', ?)", arguments: [ring.installation])
            try body(FirstSchema(db: db, ring: ring))
        }
        try pool.close()
    }

    func key(for patients: [String]) throws -> DataKey {
        let (key, subjects) = (DataKey.random(), patients.map { ring.indexValue(.patient, "hospital|\($0)").blob })
        let wrapped = try ring.wrap(key)
        try db.execute(
            sql: "INSERT INTO data_key (id, subject, master, wrapped) VALUES (?, ?, ?, ?)",
            arguments: [
                key.id.text, subjects.count == 1 ? subjects.first : nil, wrapped.masterID, wrapped.bytes.blob,
            ])
        for subject in subjects {
            try db.execute(
                sql: "INSERT INTO data_key_link (subject, data_key) VALUES (?, ?)", arguments: [subject, key.id.text])
        }
        return key
    }

    func add(_ order: StoredOrder, study: String?, sealedBy key: DataKey) throws {
        let id = order.id.value
        let content = try key.seal(
            order.content.json.serialized(.canonical),
            context: SealedContext(table: "orders", row: id, column: "content"))
        try db.execute(
            sql: """
                INSERT INTO orders (id, kind, state, next_attempt, created, updated, data_key, content)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, order.kind.rawValue, order.state.rawValue, order.nextAttempt.microseconds,
                order.created.microseconds, order.updated.microseconds, key.id.text, content.blob,
            ])
        for key in order.content.order?.identity.keys ?? [] {
            try db.execute(
                sql: "INSERT INTO order_keys (value, order_id) VALUES (?, ?)",
                arguments: [ring.indexValue(.orderKey, key.indexText).blob, id])
        }
        guard let study else { return }
        try db.execute(
            sql: "INSERT INTO order_studies (value, order_id) VALUES (?, ?)",
            arguments: [ring.indexValue(.study, study).blob, id])
    }

    func add(_ message: ReceivedMessage, reply: [UInt8], sealedBy key: DataKey) throws {
        let id = randomUUID()
        func sealed(_ bytes: [UInt8], _ column: String) throws -> Data {
            try key.seal(bytes, context: SealedContext(table: "messages", row: id, column: column)).blob
        }
        let body = try sealed(message.bytes, "body")
        try db.execute(
            sql: """
                INSERT INTO messages (id, received, source, kept, deduplication, digest, data_key, size, body, reply)
                VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, message.received.microseconds, message.source,
                ring.indexValue(.message, "key|\(message.source)|\(message.deduplicationKey ?? "")").blob,
                ring.indexValue(.message, "digest|\(message.digest.hex)").blob, key.id.text, body.count, body,
                try sealed(reply, "reply"),
            ])
    }

    func addEntry(_ payload: [UInt8], of order: StoredOrder, sealedBy key: DataKey) throws {
        let sealed = try key.seal(payload, context: SealedContext(table: "outbox", row: "1", column: "payload"))
        try db.execute(
            sql: """
                INSERT INTO outbox (id, order_id, destination, state, next_attempt, created, data_key, payload)
                VALUES (1, ?, 'ehr', 'pending', 0, 0, ?, ?)
                """, arguments: [order.id.value, key.id.text, sealed.blob])
    }

    func addLeaves(_ records: [AuditRecord], sealedBy keys: [DataKey]) throws {
        var frontier = Frontier()
        for (record, key) in zip(records, keys) {
            let leaf = try Leaf.prepare(record, log: ring.logOrigin, randomness: randomBytes)
            let index = Int64(frontier.size)
            let context = SealedContext(table: "leaves", row: String(index), column: "body")
            try db.execute(
                sql: "INSERT INTO leaves (idx, bytes, data_key, body) VALUES (?, ?, ?, ?)",
                arguments: [index, leaf.bytes.blob, key.id.text, try key.seal(leaf.body, context: context).blob])
            for value in Set(leaf.subjectValues) {
                try db.execute(
                    sql: "INSERT INTO leaf_subjects (value, idx) VALUES (?, ?)",
                    arguments: [ring.indexValue(.subject, value).blob, index])
            }
            frontier.append(.leaf(leaf.bytes))
        }
        try db.execute(
            sql: "UPDATE frontier SET size = ?, bytes = ?",
            arguments: [Int64(frontier.size), frontier.serialized.blob])
    }
}
