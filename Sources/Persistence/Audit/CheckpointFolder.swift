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

    /// Puts a checkpoint in place, durably. To the same one that is there already only signatures are added, and where
    /// one of these keys has signed a larger one nothing is to be done: whether that extends this one, the signer
    /// compares.
    /// - Throws: `fault` `audit.rolledBack` where the folder has another checkpoint of this size; errors of the file
    ///   system.
    public func write(_ checkpoint: Checkpoint, note: SignedNote, keys: [VerifierKey]) throws(AdapterError) {
        let latest = latest { bytes in keys.lazy.compactMap { Self.reading($0)(bytes) }.first }
        if let latest, latest.origin == checkpoint.origin, latest.size > checkpoint.size,
            self.note(Self.name(of: checkpoint)) == nil
        {
            return
        }
        try write(checkpoint, note: note)
    }

    /// The same with one key.
    public func write(_ checkpoint: Checkpoint, note: SignedNote, key: VerifierKey) throws(AdapterError) {
        try write(checkpoint, note: note, keys: [key])
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
        var newest: Rank?
        DataFolder.eachName(in: path) { name in newest = [newest, Rank(name)].compactMap(\.self).max() }
        guard let newest else { return nil }
        if let checkpoint = checkpoint(at: newest, reading: read) { return checkpoint }
        // Somebody puts files here that are not ours.
        var others: [Rank] = []
        DataFolder.eachName(in: path) { name in if let rank = Rank(name), rank < newest { others.append(rank) } }
        for rank in others.sorted(by: >) {
            if let checkpoint = checkpoint(at: rank, reading: read) { return checkpoint }
        }
        return nil
    }

    private func checkpoint(at rank: Rank, reading read: ([UInt8]) -> Checkpoint?) -> Checkpoint? {
        guard let checkpoint = note(rank.name).flatMap(read), Self.name(of: checkpoint) == rank.name else { return nil }
        return checkpoint
    }

    /// A file's place in the order of the log's names and sizes; nil for files that are named otherwise.
    private struct Rank: Comparable {
        let epoch: UInt64
        let size: UInt64
        var name: String { CheckpointFolder.name(size, epoch, CheckpointFolder.suffix) }

        init?(_ name: String) {
            guard name.hasSuffix(CheckpointFolder.suffix) else { return nil }
            let parts = name.split(separator: ".")
            guard let first = parts.first, let size = UInt64(first),
                let epoch = parts.count == 3 ? UInt64(parts[1]) : 1
            else { return nil }
            (self.epoch, self.size) = (epoch, size)
            guard self.name == name else { return nil }
        }

        static func < (left: Rank, right: Rank) -> Bool { (left.epoch, left.size) < (right.epoch, right.size) }
    }

    /// - Throws: `fault` `audit.rolledBack` where the folder has a larger checkpoint of this log under this name, or
    ///   another root for this size: the database was put back to an older copy, or changed.
    func refuse(_ checkpoint: Checkpoint, reading read: ([UInt8]) -> Checkpoint?) throws(AdapterError) {
        guard let latest = latest(reading: read), latest != checkpoint, latest.origin == checkpoint.origin,
            latest.size >= checkpoint.size
        else { return }
        throw AdapterError(store: StoreFailure.rolledBack)
    }

    /// - Throws: `fault` `audit.rolledBack` where the folder has another checkpoint of this size; errors of the file
    ///   system.
    func write(_ checkpoint: Checkpoint, note: SignedNote) throws(AdapterError) {
        let name = Self.name(of: checkpoint)
        guard let present = self.note(name) else {
            return try writeDurably(note.serialized, folder: path, name: name)
        }
        // What stands there was promised. The same text promises the same, whichever key of ours has signed it: the
        // signatures that it lacks are added. Anything else is not ours to replace.
        guard let held = try? SignedNote(parsing: present), held.text == note.text else {
            throw AdapterError(store: StoreFailure.rolledBack)
        }
        let whole = (try? held.adding(note.signatures)) ?? note
        guard whole != held else { return }
        let bytes = whole.serialized
        try writeDurably(bytes.count <= Self.sizeLimit ? bytes : note.serialized, folder: path, name: name)
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
        name(size, origin.epoch, suffix)
    }

    private static func name(_ size: UInt64, _ epoch: UInt64, _ suffix: String) -> String {
        let digits = String(size)
        let number = epoch == 1 ? "" : ".\(epoch)"
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + number + suffix
    }

    private static func name(of checkpoint: Checkpoint) -> String {
        name(checkpoint.size, LogOrigin(checkpoint.origin), suffix)
    }
}
