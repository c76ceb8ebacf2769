public import Audit
public import MerkleLog
import Sealing
public import Workflow

/// A backup as it lies in a folder.
public struct BackupFolder: Sendable {
    /// Its path, without a slash at the end.
    public let path: String

    /// A folder that is there.
    public init(path: String) { self.path = DataFolder(existing: path).path }

    /// The log's public key as it was copied with the backup: nobody's word but the backup's own.
    public var publicKeyPath: String { "\(checkpoints)/audit-log.vkey" }

    var database: DataFolder { DataFolder(existing: path) }
    var checkpoints: String { "\(path)/checkpoints" }
    var segments: String { "\(path)/\(BackupFiles.segments)" }

    /// The keys of the log from the one that the reader trusts, by the handovers in the backup and in these folders.
    /// Files that are no handovers of these keys prove nothing and hinder nothing; `verify` counts them.
    /// - Throws: `incorrect` `backup.handovers`.
    public func keys(anchor: VerifierKey, outside: [CheckpointFolder]) throws(AdapterError) -> LogKeys {
        do {
            return try LogKeys(
                anchor: anchor, handovers: connected(to: LogKeys(anchor: anchor), outside: outside).map(\.note))
        } catch {
            throw AdapterError(.incorrect, code: "backup.handovers")
        }
    }

    /// The handovers that lead from these keys on or to them. Both keys of a handover sign it: nobody else can add one.
    func connected(to keys: LogKeys, outside: [CheckpointFolder]) -> [(handover: KeyHandover, note: [UInt8])] {
        var rest = handoverNotes(outside).compactMap { note in
            (try? KeyHandover(note: note)).map { (handover: $0, note: note) }
        }.filter { $0.handover.origin.base == keys.base }
        var known = Set([keys.anchor.publicKey] + keys.handovers.flatMap { [$0.from.publicKey, $0.to.publicKey] })
        var found: [(handover: KeyHandover, note: [UInt8])] = []
        while true {
            let next = rest.filter {
                known.contains($0.handover.from.publicKey) || known.contains($0.handover.to.publicKey)
            }
            guard !next.isEmpty else { return found }
            rest.removeAll {
                known.contains($0.handover.from.publicKey) || known.contains($0.handover.to.publicKey)
            }
            found += next
            known.formUnion(next.flatMap { [$0.handover.from.publicKey, $0.handover.to.publicKey] })
        }
    }

    private func handoverNotes(_ outside: [CheckpointFolder]) -> [[UInt8]] {
        ([CheckpointFolder(path: checkpoints, keeper: .inside)] + outside).flatMap { $0.handovers() }
    }

    /// Proves the backup whole with public keys alone: the manifest's signature, the digest of every file, every leaf
    /// of the log, its size and root, and how it stands to checkpoints that were kept elsewhere.
    /// - Parameter besides: more checkpoints that tell of lost records, such as those of the data folder to be replaced.
    /// - Throws: `notFound` `backup.missing`; `incorrect` `backup.manifest`; `fault` where the store cannot be opened.
    public func verify(
        keys: LogKeys, outside: [CheckpointFolder], besides: [HeldCheckpoint] = [], archiveFolders: [String] = []
    ) throws(AdapterError) -> BackupVerification {
        guard let note = try? OpenFile(reading: "\(path)/\(BackupManifest.name)").readAll(limit: 65_536) else {
            throw AdapterError(.notFound, code: "backup.missing")
        }
        let manifest = try BackupManifest(note: note, keys: keys)
        let changed = try changedFiles(manifest)
        guard changed.isEmpty else {
            return BackupVerification(
                manifest: manifest, changed: changed, log: nil, lost: 0, knowsLoss: false, ignored: 0)
        }
        let log = try AuditLogFile(database, archiveFolders: [segments] + archiveFolders)
            .verify(keys: keys, outside: outside)
        let promised = Self.promised(outside.flatMap { $0.held() }, keys: keys)
        let ignored = handoverNotes(outside).filter { note in
            (try? KeyHandover(note: note)).map { !keys.handovers.contains($0) } ?? true
        }
        return BackupVerification(
            manifest: manifest, changed: [], log: log,
            lost: Self.lost(manifest, promised + Self.promised(besides, keys: keys)), knowsLoss: !promised.isEmpty,
            ignored: ignored.count)
    }

    /// Files that are not those of the manifest: changed, missing, or added.
    private func changedFiles(_ manifest: BackupManifest) throws(AdapterError) -> [String] {
        guard let sums = try? OpenFile(reading: "\(path)/\(BackupManifest.sumsName)").readAll(limit: 64 << 20),
            Digest.sha256(sums) == manifest.sums,
            let listed = BackupFiles.parse(sums: String(decoding: sums, as: UTF8.self))
        else { return [BackupManifest.sumsName] }
        var changed: [String] = []
        for (file, digest) in listed {
            if (try? BackupFiles.digest(of: "\(path)/\(file)")) != digest { changed.append(file) }
        }
        let known = Set(listed.map(\.file) + [BackupManifest.name, BackupManifest.sumsName])
        return changed + BackupFiles.list(path).filter { !known.contains($0) }
    }

    private static func promised(_ held: [HeldCheckpoint], keys: LogKeys) -> [Checkpoint] {
        held.compactMap { try? keys.checkpoint(note: $0.note) }
    }

    /// How many records these checkpoints promise beyond the backup.
    private static func lost(_ manifest: BackupManifest, _ promised: [Checkpoint]) -> UInt64 {
        promised.filter { LogOrigin($0.origin) >= manifest.origin }
            .map { $0.size > manifest.size ? $0.size - manifest.size : 0 }.max() ?? 0
    }

    /// The highest name of the log that one of these checkpoints has.
    static func latestEpoch(keys: LogKeys, _ held: [HeldCheckpoint]) -> UInt64 {
        promised(held, keys: keys).map { LogOrigin($0.origin).epoch }.max() ?? 1
    }
}

/// What was found about a backup.
public struct BackupVerification: Sendable {
    /// What it says of itself, by the log's key.
    public let manifest: BackupManifest
    /// Files that are not those that were backed up.
    public let changed: [String]
    /// The log in it; nil where files changed.
    public let log: AuditVerification?
    /// How many records are in outside checkpoints, or those of the data folder to be replaced, and not in the backup.
    /// What was written after the last of these is nowhere, and cannot be counted.
    public let lost: UInt64
    /// Whether a folder outside has a checkpoint of this log at all; without one nothing is known of a loss.
    public let knowsLoss: Bool
    /// How many handover files there are not of this log's keys.
    public let ignored: Int

    /// Whether nobody touched it: every file is there, every leaf, and size and root are those that were signed.
    public var isWhole: Bool {
        guard changed.isEmpty, let log else { return false }
        return log.size == manifest.size && log.root == manifest.root && !problems.contains { !Self.isLoss($0) }
    }

    /// What is wrong with the log.
    public var problems: [AuditProblem] { log?.problems ?? [] }

    /// Problems of a log that is right as far as it goes. That a checkpoint is another log's, or signed by nobody we
    /// know, says nothing about the backup.
    private static func isLoss(_ problem: AuditProblem) -> Bool {
        switch problem.code {
        case .truncated, .recordsLost, .checkpointLogMismatch, .checkpointSignatureInvalid, .checkpointUnreadable,
            .handoverInvalid:
            true
        default: false
        }
    }
}
