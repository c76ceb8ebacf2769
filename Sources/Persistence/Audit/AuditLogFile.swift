public import Audit
import GRDB
public import MerkleLog
public import Workflow

/// The log of a data folder, opened for reading only and without any key.
public struct AuditLogFile: Sendable {
    private let queue: DatabaseQueue
    private let inside: CheckpointFolder

    /// - Throws: `fault` where the file cannot be opened.
    public init(_ folder: DataFolder) throws(AdapterError) {
        inside = CheckpointFolder(path: folder.checkpointsPath, keeper: .inside)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
        } catch {
            throw AdapterError(store: error)
        }
    }

    /// Verifies every leaf in one snapshot, together with the checkpoints inside and those kept elsewhere.
    public func verify(key: VerifierKey, outside: [CheckpointFolder]) throws(AdapterError) -> AuditVerification {
        let checkpoints = inside.held() + outside.flatMap { $0.held() }
        do {
            return try queue.read { db in try Self.verify(db, key: key, checkpoints: checkpoints) }
        } catch {
            throw AdapterError(store: error)
        }
    }

    static func verify(
        _ db: Database, key: VerifierKey, checkpoints: [HeldCheckpoint]
    ) throws -> AuditVerification {
        var verifier = AuditVerifier(key: key, checkpoints: checkpoints)
        let leaves = try Row.fetchCursor(db, sql: "SELECT idx, bytes FROM leaves ORDER BY idx")
        while let row = try leaves.next() {
            // Whatever somebody put into the file is a problem to report, never a reason to stop.
            let index = Int64.fromDatabaseValue(row["idx"]) ?? -1
            verifier.add(index: UInt64(bitPattern: index), leaf: (try? row.bytes("bytes")) ?? [])
        }
        let frontier = try Row.fetchOne(db, sql: "SELECT bytes FROM frontier WHERE id = 1")
        return verifier.finish(storedFrontier: frontier.map { (try? $0.bytes("bytes")) ?? [] })
    }
}
