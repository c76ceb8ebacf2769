public import Audit
public import MerkleLog
public import Workflow

/// A folder of signed checkpoints, one file each, named by size.
public struct CheckpointFolder: Sendable {
    /// The folder's path.
    public let path: String
    /// Whether it lies in the data folder or elsewhere.
    public let keeper: HeldCheckpoint.Keeper
    private static let suffix = ".checkpoint"
    private static let sizeLimit = 65_536

    /// A folder; `write` needs it to exist.
    public init(path: String, keeper: HeldCheckpoint.Keeper) {
        self.path = path
        self.keeper = keeper
    }

    /// Puts a checkpoint in place, durably. The same one that is there already is left as it is.
    /// - Throws: what `refuse` throws, and errors of the file system.
    public func write(_ checkpoint: Checkpoint, note: SignedNote, key: VerifierKey) throws(AdapterError) {
        try refuse(checkpoint, key: key)
        guard latest(key: key) != checkpoint else { return }
        try writeDurably(note.serialized, folder: path, name: Self.name(checkpoint.size))
    }

    /// - Throws: `fault` `audit.rolledBack` where the folder has a larger checkpoint of this log, or another root for
    ///   this size: the database was put back to an older copy, or changed.
    func refuse(_ checkpoint: Checkpoint, key: VerifierKey) throws(AdapterError) {
        guard let latest = latest(key: key), latest != checkpoint, latest.size >= checkpoint.size else { return }
        throw AdapterError(store: StoreFailure.rolledBack)
    }

    /// All checkpoint files, unverified.
    public func held() -> [HeldCheckpoint] {
        names.compactMap { name in note(name).map { HeldCheckpoint(note: $0, keeper: keeper, name: name) } }
    }

    /// The largest checkpoint that this key has signed.
    public func latest(key: VerifierKey) -> Checkpoint? {
        for name in names.reversed() {
            guard let note = note(name), let checkpoint = try? Checkpoint(note: note, signedBy: key) else { continue }
            if checkpoint.origin == key.name { return checkpoint }
        }
        return nil
    }

    /// By size, smallest first.
    private var names: [String] { DataFolder.names(in: path).filter { $0.hasSuffix(Self.suffix) } }

    private func note(_ name: String) -> [UInt8]? {
        try? OpenFile(reading: "\(path)/\(name)").readAll(limit: Self.sizeLimit)
    }

    /// Digits enough that names sort as numbers.
    private static func name(_ size: UInt64) -> String {
        let digits = String(size)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + suffix
    }
}
