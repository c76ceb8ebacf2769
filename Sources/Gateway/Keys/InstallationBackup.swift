import Audit
public import Persistence
public import Workflow

/// A backup of an installation that may be serving.
public struct InstallationBackup: Sendable {
    private let store: SQLiteStore
    private let trail: AuditTrail
    private let outside: [CheckpointFolder]

    /// - Parameter outside: the folders of checkpoints outside the data folder.
    public init(store: SQLiteStore, trail: AuditTrail, outside: [CheckpointFolder]) {
        (self.store, self.trail, self.outside) = (store, trail, outside)
    }

    /// Tells so in the log, signs a checkpoint of it, brings the register of destroyed keys up to date, and copies.
    public func run(to folder: String, copiesSegments: Bool) async throws(AdapterError) -> BackupManifest {
        try await store.record([trail.service(.backup)])
        try await signCheckpoint()
        try await store.registerDestroyedKeys(in: outside)
        return try await store.backup(to: folder, now: SystemClock().now(), copiesSegments: copiesSegments)
    }

    /// A running `serve` may sign a larger one in between, which this one must not be put beside.
    private func signCheckpoint() async throws(AdapterError) {
        for attempt in 1...3 {
            do throws(AdapterError) {
                try await store.checkpoint(to: outside)
                return
            } catch {
                guard error.code == "audit.rolledBack", attempt < 3 else { throw error }
            }
        }
    }
}
