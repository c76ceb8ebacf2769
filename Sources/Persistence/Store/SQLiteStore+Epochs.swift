public import Audit
import GRDB
import MerkleLog
import Sealing
public import Workflow

/// The log's name after restores that lost records.
extension SQLiteStore {
    /// The log's name as it stands in leaves and checkpoints now.
    public var logOrigin: String { context.origin }

    /// Goes on under the next name: the tree stays, and `record` (`log.restored`) is the first leaf of that name. For a
    /// restore that lost records, while nobody else has the folder open.
    /// - Returns: the index of that leaf.
    @discardableResult
    public func beginEpoch(record: AuditRecord) async throws(AdapterError) -> UInt64 {
        let next = try await read { try $0.logEpoch() } + 1
        let (context, before) = (context, LogOrigin(context.origin).epoch)
        context.rename(epoch: next)
        do throws(AdapterError) {
            return try await change { transaction in
                guard try transaction.logEpoch() == next - 1 else { throw StoreFailure.leaseLost }
                let index = try transaction.append([record]).first ?? 0
                try transaction.setEpoch(next, from: index)
                return index
            }
        } catch {
            context.rename(epoch: before)
            throw error
        }
    }
}

extension StoreTransaction {
    /// 1 until the first restore that lost records.
    func logEpoch() throws -> UInt64 { try meta("logEpoch").flatMap(UInt64.init) ?? 1 }

    /// Writes number and beginning of the log's name, with a keyed value over both: somebody who has the database but not
    /// the key file cannot pass an older copy off as a restore.
    func setEpoch(_ epoch: UInt64, from size: UInt64) throws {
        try setMeta("logEpoch", String(epoch))
        try setMeta("logEpochFrom", String(size))
        try setMeta("logEpochProof", epochProof(epoch, from: size))
    }

    /// The log's name, once it is found to be given by a holder of the keys.
    /// - Throws: `rolledBack`.
    func provenEpoch() throws -> UInt64 {
        let (epoch, from) = (try logEpoch(), try logEpochFrom())
        let proof = try meta("logEpochProof")
        guard epoch == 1 || proof == epochProof(epoch, from: from) else { throw StoreFailure.rolledBack }
        return epoch
    }

    private func epochProof(_ epoch: UInt64, from size: UInt64) -> String {
        Base64URL.encode(keys.indexValue(IndexPurpose("log-epoch"), "\(epoch)|\(size)"))
    }

    /// The size at which the log got its present name.
    func logEpochFrom() throws -> UInt64 { try meta("logEpochFrom").flatMap(UInt64.init) ?? 0 }
}
