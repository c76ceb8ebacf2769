public import Audit
import MerkleLog
public import Workflow

extension SQLiteStore {
    /// Appends records and runs `body` with the size of the log behind them, before anybody can see that size: what
    /// `body` puts into the key file holds for every checkpoint from there on, whoever signs it.
    ///
    /// `body` may run more than once; the last size counts. Where it throws, nothing is appended.
    /// - Parameter undo: takes back what `body` did for sizes beyond the one that it gets. It runs where nothing was
    ///   appended, while nobody else can append.
    /// - Returns: the size.
    public func handOver(
        records: [AuditRecord], _ body: @escaping @Sendable (_ size: UInt64) throws -> Void,
        undo: @escaping @Sendable (_ size: UInt64) throws -> Void = { _ in }
    ) async throws(AdapterError) -> UInt64 {
        do throws(AdapterError) {
            return try await change { transaction in
                guard let last = try transaction.append(records).last else { throw StoreFailure.rowMissing }
                try body(last + 1)
                return last + 1
            }
        } catch {
            // Where this fails too, the handover of what stays in the key file is published later.
            try? await change { transaction in try undo(transaction.frontier().size) }
            throw error
        }
    }
}
