import Foundation
import GRDB
import Sealing
import Workflow

/// The table `messages`: raw bytes, sealed, and the replies that are repeated to a resend.
extension StoreTransaction {
    /// The positive reply to the very same message, within the replay time.
    func replay(of message: ReceivedMessage, deduplication: [UInt8]?) throws -> [UInt8]? {
        guard let deduplication else { return nil }
        let digest = MessageDraft.digest(message, values: values)
        let since = message.received + (.zero - context.options.replayTime)
        for number in try rows(with: deduplication, .message).reversed() {
            let row = try row(
                """
                SELECT id, data_key, reply FROM messages
                WHERE row = ? AND deduplication = ? AND digest = ? AND received > ? AND reply IS NOT NULL
                """, [number, deduplication.blob, digest.blob, since.microseconds])
            guard let row, let reply = try row.optionalBytes("reply") else { continue }
            do {
                return try dataKey(row["data_key"]).open(reply, context: .message(row["id"], "reply"))
            } catch StoreFailure.dataKeyDestroyed {
                continue
            }
        }
        return nil
    }

    /// Stores a message and, where it is to be repeated, its reply.
    func add(_ message: MessageDraft, sealedBy key: SealingKey) throws {
        try add(message, body: message.sealedBody(key.key), reply: message.sealedReply(key.key), key: key)
    }

    func add(_ draft: MessageDraft, body: [UInt8], reply: [UInt8]?, key: SealingKey) throws {
        try execute(
            """
            INSERT INTO messages (id, received, source, kept, deduplication, digest, data_key, size, body, reply)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                draft.id, draft.message.received.microseconds, draft.message.source, draft.isKept,
                draft.deduplication?.blob, draft.digest.blob, key.row, body.count, body.blob, reply?.blob,
            ])
        let row = db.lastInsertedRowID
        if let value = draft.deduplication { batch.entries.append(LookupEntry(value, .message, row: row)) }
        batch.messageBytes += body.count
    }

    /// Counts what the batch added, and drops the oldest raw bytes beyond the quota; that a message came, and its
    /// reply, stays.
    func storeMessageBytes() throws {
        var total = (Int(try meta("messageBytes") ?? "0") ?? 0) + batch.messageBytes
        var dropped = Int64(try meta("messagesDroppedTo") ?? "0") ?? 0
        while total > context.options.messageQuota {
            let oldest = try rows(
                "SELECT row, size FROM messages WHERE row > ? AND body IS NOT NULL ORDER BY row LIMIT 64", [dropped])
            guard oldest.count > 1 else { break }
            for row in oldest.dropLast() where total > context.options.messageQuota {
                dropped = row["row"]
                try execute("UPDATE messages SET body = NULL WHERE row = ?", [dropped])
                total -= row["size"]
            }
            try setMeta("messagesDroppedTo", String(dropped))
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
}
