import Audit
import Foundation
public import Persistence
import Sealing
public import Workflow

/// Exchanges the master key while the gateway serves: a new one into the key file, every data key under it, the old
/// ones out of the file.
public struct MasterRotation: Sendable {
    /// What came of it.
    public struct Result: Sendable {
        /// The master key that wraps from now on.
        public let current: String
        /// Master keys that are in the key file no more.
        public let retired: [String]
        /// Master keys that are still named by files of orders under way; `keys rotate --finish` takes them out later.
        public let kept: [String]
        /// How many data keys it wraps.
        public let dataKeys: Int
    }

    private static let batch = 500
    private static let patience = Duration.seconds(60)

    private let store: SQLiteStore
    private let trail: AuditTrail
    private let path: String
    private let clock = SystemClock()

    /// - Parameter path: the key file.
    public init(store: SQLiteStore, trail: AuditTrail, path: String) {
        (self.store, self.trail, self.path) = (store, trail, path)
    }

    /// Puts a new master key into the file, told in the log before. Running programs wrap new data keys with it at
    /// once; those that are there stay under the old one until `finish`.
    /// - Returns: its id.
    public func add(id: String?, _ placement: KeyFile.Placement, isServed: Bool) async throws -> String {
        if case .environment = placement, isServed {
            throw ConfigurationError(
                .invalidValue, at: "keys", "a running `serve` does not see a new variable; stop it first")
        }
        var details: AuditDetails = [.step: .code("master.add")]
        details.set(.formerKeyID, try KeyFile.status(path: path).masters.last.map { .configured($0.id) })
        try await store.record([trail.service(.keysRotate, details: details)])
        return try KeyFile.addMaster(path: path, id: id, placement: placement)
    }

    /// Puts every data key under the newest master key of the file, and takes the others out of it.
    /// - Parameter progress: is told how many rows are still to be looked at.
    public func finish(progress: (Int) -> Void = { _ in }) async throws -> Result {
        let current = try KeyFile.status(path: path).masters.last?.id ?? ""
        try await store.record([
            trail.service(.keysRotate, details: [.step: .code("master.rewrap"), .keyID: .configured(current)])
        ])
        while true {
            let remaining = try await store.rewrapKeys(batch: Self.batch)
            progress(remaining)
            if remaining == 0 { break }
        }
        // Files of orders under way are sealed anew with the next order; nobody waits long for them.
        let deadline = clock.now() + Self.patience
        while store.scratchFiles(notUnder: current) > 0, clock.now() < deadline {
            try await clock.sleep(for: .milliseconds(200))
        }
        return try await retire(current)
    }

    private func retire(_ current: String) async throws -> Result {
        let before = try KeyFile.status(path: path).masters.map(\.id).filter { $0 != current }
        // In the log before the file changes.
        if !before.isEmpty {
            try await store.record([
                trail.service(
                    .keysRotate,
                    details: [
                        .step: .code("master.retire"), .keyID: .configured(current),
                        .formerKeyID: .configured(before.joined(separator: " ")),
                    ])
            ])
        }
        let path = path
        try await store.retireMasters { inUse in
            try KeyFile.removeMasters(path: path) { !inUse.contains($0) }
        }
        let after = try KeyFile.status(path: path).masters.map(\.id)
        return Result(
            current: current, retired: before.filter { !after.contains($0) }, kept: after.filter { $0 != current },
            dataKeys: try await store.wrappedKeyCounts()[current] ?? 0)
    }
}
