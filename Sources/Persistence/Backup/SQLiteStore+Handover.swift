public import Audit
public import Workflow

extension SQLiteStore {
    /// Appends records and runs `body` with the size of the log behind them, before anybody can see that size: what
    /// `body` puts into the key file holds for every checkpoint from there on, whoever signs it.
    ///
    /// `body` may run more than once; the last size counts. Where it throws, nothing is appended.
    /// - Returns: the size.
    public func handOver(
        records: [AuditRecord], _ body: @escaping @Sendable (_ size: UInt64) throws -> Void
    ) async throws(AdapterError) -> UInt64 {
        try await change { transaction in
            guard let last = try transaction.append(records).last else { throw StoreFailure.rowMissing }
            try body(last + 1)
            return last + 1
        }
    }
}
