import GRDB
import MerkleLog
import Workflow

extension StoreTransaction {
    func counts() throws -> StoreCounts {
        var counts = StoreCounts()
        for row in try rows("SELECT state, count(*) AS number FROM orders GROUP BY state", []) {
            counts.orders[try row.word("state")] = row["number"]
        }
        for row in try rows("SELECT state, count(*) AS number FROM outbox GROUP BY state", []) {
            counts.outbox[try row.word("state")] = row["number"]
        }
        counts.oldestPending = try row("SELECT min(created) AS oldest FROM outbox WHERE state = 'pending'", [])?
            .optionalTime("oldest")
        counts.leaves = try frontier().size
        counts.keptMessages =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM messages WHERE kept = 1 AND body IS NOT NULL") ?? 0
        return counts
    }
}
