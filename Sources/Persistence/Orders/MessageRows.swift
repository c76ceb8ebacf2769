import Foundation
import GRDB
import Sealing
import Workflow

/// The table `messages`: raw bytes, sealed, and the replies that are repeated to a resend.
extension StoreTransaction {
    /// The positive reply to the very same message, within the replay time.
    func replay(of message: ReceivedMessage) throws -> [UInt8]? {
        guard let deduplication = deduplicationValue(message) else { return nil }
        let row = try row(
            """
            SELECT id, data_key, reply FROM messages
            WHERE deduplication = ? AND digest = ? AND received > ? AND reply IS NOT NULL
            ORDER BY received DESC LIMIT 1
            """,
            [
                deduplication, digestValue(message),
                (message.received + (Duration.zero - context.options.replayTime)).microseconds,
            ])
        guard let row, let reply = try row.optionalBytes("reply") else { return nil }
        return try dataKey(row["data_key"]).open(reply, context: .message(row["id"], "reply"))
    }

    /// Stores a message and, where it is to be repeated, its reply.
    func add(_ message: ReceivedMessage, patients: [String], reply: [UInt8]?, isKept: Bool) throws {
        let id = randomUUID()
        let key = try dataKey(for: patients)
        let body = try key.seal(message.bytes, context: .message(id, "body"))
        try execute(
            """
            INSERT INTO messages (id, received, source, kept, deduplication, digest, data_key, size, body, reply)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, message.received.microseconds, message.source, isKept, deduplicationValue(message),
                digestValue(message), key.id.text, body.count, body.blob,
                try reply.map { try key.seal($0, context: .message(id, "reply")).blob },
            ])
        try keepWithinQuota(adding: body.count)
    }

    /// Drops the oldest raw bytes beyond the quota; that a message came, and its reply, stays.
    private func keepWithinQuota(adding count: Int) throws {
        var total = (Int(try meta("messageBytes") ?? "0") ?? 0) + count
        while total > context.options.messageQuota {
            let oldest = try rows(
                "SELECT id, size FROM messages WHERE body IS NOT NULL ORDER BY received, id LIMIT 64", [])
            guard oldest.count > 1 else { break }
            for row in oldest.dropLast() where total > context.options.messageQuota {
                try execute("UPDATE messages SET body = NULL WHERE id = ?", [row["id"] as String])
                total -= row["size"]
            }
        }
        try setMeta("messageBytes", String(total))
    }

    func meta(_ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
    }

    func setMeta(_ name: String, _ value: String) throws {
        try execute(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value])
    }

    private func deduplicationValue(_ message: ReceivedMessage) -> Data? {
        message.deduplicationKey.map { keys.indexValue(.message, "key|\(message.source)|\($0)").blob }
    }

    /// Keyed as well: the plain digest of a short message could be guessed.
    private func digestValue(_ message: ReceivedMessage) -> Data {
        keys.indexValue(.message, "digest|\(message.digest.hex)").blob
    }
}

extension SealedContext {
    fileprivate static func message(_ id: String, _ column: String) -> SealedContext {
        SealedContext(table: "messages", row: id, column: column)
    }
}
