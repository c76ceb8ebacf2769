public import Audit
import DICOMAudit
import Foundation
import Mapping
import MerkleLog
import OutboundHTTP
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
    /// Renders audit records as DICOM audit messages.
    let auditMessageRenderer: AuditMessageRenderer
    private let clock = SystemClock()

    /// Opens the data folder; `create` makes it where there is none, commands that only look never do.
    ///
    /// Throws `ConfigurationError` or `AdapterError`.
    public init(_ configuration: Configuration, create: Bool = false) throws {
        keys = try KeyFile.load(path: configuration.keys)
        let assigners = try configuration.assignerDirectory()
        let system: @Sendable (String) -> String? = { name in
            assigners.assigner(named: name).flatMap(assigners.fhirSystem(of:))
        }
        let source = configuration.auditSource(name: keys.logOrigin)
        auditEventRenderer = AuditEventRenderer(source: source, system: system)
        auditMessageRenderer = AuditMessageRenderer(source: source, system: system)
        checkpointFolders = configuration.checkpointFolders
        folder = create ? try DataFolder(creating: configuration.data) : DataFolder(existing: configuration.data)
        guard create || FileManager.default.fileExists(atPath: folder.databasePath) else {
            throw ConfigurationError(.fileMissing, at: "data", "no installation here yet; `serve` makes one")
        }
        store = try SQLiteStore.open(
            folder, keys: keys, options: StoreOptions(archiveFolders: configuration.audit.archives))
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
        for folder in checkpointFolders {
            do {
                try keys.placeLogKey(in: folder.path)
            } catch let error as ConfigurationError where error.code == .unreadable {
                // Away: its service tells, and puts the key there as soon as it can.
                continue
            }
        }
        try keys.placeLogKey(in: folder.checkpointsPath)
    }
}

extension Configuration {
    /// The folders outside the data folder that keep checkpoints.
    public var checkpointFolders: [CheckpointFolder] {
        checkpoints.compactMap(\.folder).map { CheckpointFolder(path: $0, keeper: .outside) }
    }

    /// This gateway and its peers as audit repositories know them.
    func auditSource(name: String) -> AuditSource {
        var peers: [String: String] = ["ehr": HTTPRoot(ehr.base)?.host ?? ""]
        for archive in archives { peers[archive.name] = HTTPRoot(archive.base)?.host }
        for archive in researchArchives { peers[archive.name] = HTTPRoot(archive.base)?.host }
        for result in results { peers[result.name] = result.address.endpoint.host }
        return AuditSource(
            name: name, site: audit.site, address: ProcessInfo.processInfo.hostName,
            peers: peers.filter { !$0.value.isEmpty })
    }

    /// The data folder, for commands that only read.
    public var dataFolder: DataFolder { DataFolder(existing: data) }
}
