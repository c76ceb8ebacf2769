import Audit
import FHIR
import Foundation
import MerkleLog
public import Persistence
import Sealing
public import Workflow

/// Putting a backup back, for an installation whose data folder is gone.
public struct BackupRecovery: Sendable {
    private let restore: StoreRestore
    private let publishes: Bool
    private let clock = SystemClock()

    /// Only the configuration and the key file are needed; the store is not there.
    ///
    /// A list of operators in the configuration is obeyed; there is no log yet in which a refusal could be told.
    /// - Throws: `ConfigurationError`, `AccessError`, `AdapterError`.
    public init(_ backup: BackupFolder, _ configuration: Configuration) throws {
        guard AccessPolicy(configuration.access).permits(.operator, to: OperatorPrincipal.current.name) else {
            throw AccessError(
                code: "access.refused", explanation: "this account is not among access.operators; it cannot restore")
        }
        publishes = !configuration.checkpoints.isEmpty
        restore = StoreRestore(
            backup, to: configuration.dataFolder, keys: try KeyFile.load(path: configuration.keys),
            outside: configuration.checkpointFolders)
    }

    /// Looks at everything and changes nothing.
    public func inspect() throws(AdapterError) -> BackupVerification { try restore.inspect() }

    /// Whether checkpoints were published, and no folder that can be read has one of this log: places such as witnesses
    /// and HTTPS cannot be asked here, so nobody knows what is lost.
    public func isLossUnknown(_ found: BackupVerification) -> Bool { publishes && !found.knowsLoss }

    /// Puts it back; the restore is the first thing in its log, in the name of the person at the command line.
    public func run(_ found: BackupVerification) async throws(AdapterError) -> StoreRestore.Result {
        var details: AuditDetails = [
            .size: .count(found.manifest.size), .root: .digest(found.manifest.root.base64), .lost: .count(found.lost),
            .formerOrigin: .configured(found.manifest.origin.text),
        ]
        details.set(.since, .moment(found.manifest.created))
        let loses = found.lost > 0 || isLossUnknown(found)
        let record = AuditRecord(
            event: loses ? .logRestored : .restore,
            time: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds),
            principal: OperatorPrincipal.current, roles: [.operator], purpose: .systemAdministration,
            correlation: CorrelationID(value: randomUUID()), details: details.texts)
        return try await restore.run(found, loses: loses, record: record)
    }
}
