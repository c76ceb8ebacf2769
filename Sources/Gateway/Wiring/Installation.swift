public import Audit
import Foundation
import Mapping
import MerkleLog
public import Persistence
public import Sealing
public import Workflow

/// One installation, opened: its keys, its store, its scratch space and its audit log.
public struct Installation: Sendable {
    public let keys: KeyRing
    public let store: SQLiteStore
    let folder: DataFolder
    let checkpointFolders: [CheckpointFolder]
    /// Renders audit records as FHIR AuditEvents.
    public let auditEventRenderer: AuditEventRenderer
    private let clock = SystemClock()

    /// Opens the data folder; `create` makes it where there is none, commands that only look never do.
    ///
    /// Throws `ConfigurationError` or `AdapterError`.
    public init(_ configuration: Configuration, create: Bool = false) throws {
        keys = try KeyFile.load(path: configuration.keys)
        let assigners = try configuration.assignerDirectory()
        auditEventRenderer = AuditEventRenderer(observer: keys.logOrigin) { name in
            assigners.assigner(named: name).flatMap(assigners.fhirSystem(of:))
        }
        checkpointFolders = configuration.checkpointFolders
        folder = create ? try DataFolder(creating: configuration.data) : DataFolder(existing: configuration.data)
        guard create || FileManager.default.fileExists(atPath: folder.databasePath) else {
            throw ConfigurationError(.fileMissing, at: "data", "no installation here yet; `serve` makes one")
        }
        store = try SQLiteStore.open(folder, keys: keys)
    }

    /// Audit records of this installation in the name of `principal`.
    public func trail(principal: Principal) -> AuditTrail {
        AuditTrail(store: store, clock: clock, principal: principal)
    }

    /// The operating system's user at the command line.
    public static var operatingSystemUser: Principal {
        Principal(kind: .user, name: NSUserName())
    }

    /// Puts the log's public key beside the checkpoints.
    func placePublicKey() throws {
        let key = try keys.checkpointKey().verifier
        for folder in checkpointFolders { try PublicKeyFile.place(key, in: folder.path) }
        try PublicKeyFile.place(key, in: folder.checkpointsPath)
    }
}

extension Configuration {
    /// The folders outside the data folder that keep checkpoints.
    public var checkpointFolders: [CheckpointFolder] {
        checkpoints.map { CheckpointFolder(path: $0, keeper: .outside) }
    }

    /// The data folder, for commands that only read.
    public var dataFolder: DataFolder { DataFolder(existing: data) }
}
