public import Audit
import Foundation
public import MerkleLog
public import Workflow

/// A folder of signed checkpoints, one file each, named by size.
public struct CheckpointFolder: Sendable {
    /// The folder's path.
    public let path: String
    /// Whether it lies in the data folder or elsewhere.
    public let keeper: HeldCheckpoint.Keeper
    private static let (suffix, handoverSuffix) = (".checkpoint", ".handover")
    private static let sizeLimit = 65_536

    /// A folder; `write` needs it to exist.
    public init(path: String, keeper: HeldCheckpoint.Keeper) {
        self.path = path
        self.keeper = keeper
    }

    /// Puts a checkpoint in place, durably. The same one that is there already is left as it is.
    /// - Throws: `fault` `audit.rolledBack` where the folder has a larger checkpoint of this key, or another root for
    ///   this size; errors of the file system.
    public func write(_ checkpoint: Checkpoint, note: SignedNote, key: VerifierKey) throws(AdapterError) {
        try refuse(checkpoint, reading: Self.reading(key))
        try write(checkpoint, note: note, reading: Self.reading(key))
    }

    /// Puts a handover of the signing key beside the checkpoints, durably: whoever verifies needs it.
    /// - Throws: errors of the file system.
    public func write(_ handover: KeyHandover, note: SignedNote) throws(AdapterError) {
        try writeDurably(
            note.serialized, folder: path, name: Self.name(handover.size, handover.origin, Self.handoverSuffix))
    }

    /// Whether the folder can be read: one that cannot proves nothing.
    public var isReadable: Bool { (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil }

    /// All handover files, unverified.
    public func handovers() -> [[UInt8]] {
        DataFolder.names(in: path).filter { $0.hasSuffix(Self.handoverSuffix) }.compactMap(note)
    }

    /// All checkpoint files, unverified; one that cannot be read has an empty note, and so has an outside folder that
    /// cannot be read itself: what was promised there is not compared, and that has to be told.
    public func held() -> [HeldCheckpoint] {
        guard keeper == .inside || isReadable else { return [HeldCheckpoint(note: [], keeper: keeper, name: path)] }
        return names.map { HeldCheckpoint(note: note($0) ?? [], keeper: keeper, name: $0) }
    }

    /// The largest checkpoint that this key has signed.
    public func latest(key: VerifierKey) -> Checkpoint? { latest(reading: Self.reading(key)) }

    /// The newest checkpoint by name of the log and size, of those that `read` takes for ours.
    ///
    /// A file counts under its own name only: somebody who may add files could else hide the newest checkpoint behind a
    /// copy of an old one with a name of more digits.
    func latest(reading read: ([UInt8]) -> Checkpoint?) -> Checkpoint? {
        let byEpoch = Dictionary(grouping: names, by: Self.epoch).sorted { $0.key > $1.key }
        for (_, names) in byEpoch {
            for name in names.reversed() {
                if let checkpoint = note(name).flatMap(read), Self.name(of: checkpoint) == name { return checkpoint }
            }
        }
        return nil
    }

    /// - Throws: `fault` `audit.rolledBack` where the folder has a larger checkpoint of this log under this name, or
    ///   another root for this size: the database was put back to an older copy, or changed.
    func refuse(_ checkpoint: Checkpoint, reading read: ([UInt8]) -> Checkpoint?) throws(AdapterError) {
        guard let latest = latest(reading: read), latest != checkpoint, latest.origin == checkpoint.origin,
            latest.size >= checkpoint.size
        else { return }
        throw AdapterError(store: StoreFailure.rolledBack)
    }

    func write(
        _ checkpoint: Checkpoint, note: SignedNote, reading read: ([UInt8]) -> Checkpoint?
    ) throws(AdapterError) {
        let name = Self.name(of: checkpoint)
        if let present = self.note(name) {
            // What stands there was promised: the same again is no news, and anything else is not ours to replace.
            guard read(present) == checkpoint else { throw AdapterError(store: StoreFailure.rolledBack) }
            return
        }
        try writeDurably(note.serialized, folder: path, name: name)
    }

    private static func reading(_ key: VerifierKey) -> ([UInt8]) -> Checkpoint? {
        { note in
            guard let checkpoint = try? Checkpoint(note: note, signedBy: key) else { return nil }
            return checkpoint.origin == key.name ? checkpoint : nil
        }
    }

    /// By size, smallest first.
    private var names: [String] { DataFolder.names(in: path).filter { $0.hasSuffix(Self.suffix) } }

    private func note(_ name: String) -> [UInt8]? {
        try? OpenFile(reading: "\(path)/\(name)").readAll(limit: Self.sizeLimit)
    }

    /// Digits enough that names sort as numbers. A later name of the log has its number in the file's name, so that no
    /// checkpoint from before the restore is overwritten.
    private static func name(_ size: UInt64, _ origin: LogOrigin, _ suffix: String) -> String {
        let digits = String(size)
        let epoch = origin.epoch == 1 ? "" : ".\(origin.epoch)"
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + epoch + suffix
    }

    private static func name(of checkpoint: Checkpoint) -> String {
        name(checkpoint.size, LogOrigin(checkpoint.origin), suffix)
    }

    /// The number of the log's name that stands in a file's name; 1 where there is none.
    private static func epoch(_ name: String) -> UInt64 {
        let parts = name.split(separator: ".")
        return parts.count == 3 ? UInt64(parts[1]) ?? 1 : 1
    }
}
