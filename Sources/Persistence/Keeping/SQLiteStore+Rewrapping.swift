import GRDB
import Sealing
public import Workflow

/// Rotating the master key.
extension SQLiteStore {
    /// Wraps some data keys with the newest master key of the ring, oldest first, in one transaction. What they sealed
    /// stays as it is.
    /// - Returns: how many rows are still to be looked at; 0 where every key is under the newest master key.
    public func rewrapKeys(batch count: Int = 1_000) async throws(AdapterError) -> Int {
        try await change { try $0.rewrap(count) }
    }

    /// How many data keys each master key wraps.
    public func wrappedKeyCounts() async throws(AdapterError) -> [String: Int] {
        try await read { transaction in
            let rows = try transaction.rows(
                "SELECT master, count(*) AS number FROM data_key WHERE destroyed = 0 GROUP BY master", [])
            return Dictionary(rows.map { ($0["master"], $0["number"]) }, uniquingKeysWith: { first, _ in first })
        }
    }
}

extension StoreTransaction {
    /// All rows up to the one in `meta` are under the master key that stands beside it; new ones come behind it.
    private static let mark = "rewrappedTo"

    fileprivate func rewrap(_ count: Int) throws -> Int {
        let master = keys.currentMasterID
        let parts = try meta(Self.mark)?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        let start = parts.count == 2 && parts[1] == master ? Int64(parts[0]) ?? 0 : 0
        let found = try rows("SELECT * FROM data_key WHERE row > ? ORDER BY row LIMIT ?", [start, max(1, count)])
        for row in found where row["destroyed"] == false && row["master"] != master { try rewrap(row) }
        let end: Int64 = found.last?["row"] ?? start
        if end != start { try setMeta(Self.mark, "\(end) \(master)") }
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM data_key WHERE row > ?", arguments: [end]) ?? 0
    }

    private func rewrap(_ row: Row) throws {
        let old = WrappedKey(
            dataKeyID: try DataKeyID(text: row["id"]), masterID: row["master"], bytes: try row.bytes("wrapped"))
        let new = try keys.rewrap(old)
        try execute(
            "UPDATE data_key SET master = ?, wrapped = ? WHERE row = ?",
            [new.masterID, new.bytes.blob, row["row"] as Int64])
    }
}
