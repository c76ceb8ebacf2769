import MerkleLog
import Persistence
public import Sealing

/// A master key or signing key as people see it; no secret.
public struct KeyFileStatus: Sendable, Equatable {
    /// The UUID of the installation.
    public let installation: String
    /// Id and place of each master key, oldest first; the last one wraps.
    public let masters: [(id: String, place: String)]
    /// Public keys of the checkpoints, oldest first, with the size from which they sign.
    public let signing: [(key: String, epoch: UInt64, from: UInt64)]

    public static func == (left: KeyFileStatus, right: KeyFileStatus) -> Bool {
        left.installation == right.installation && left.masters.elementsEqual(right.masters, by: ==)
            && left.signing.elementsEqual(right.signing, by: ==)
    }
}

extension KeyFile {
    /// What is in the file, without opening any master key.
    public static func status(path: String) throws(ConfigurationError) -> KeyFileStatus {
        let content = try Self.content(path: path)
        let origin = "imaging-gateway/\(content.installation)"
        return KeyFileStatus(
            installation: content.installation, masters: content.masters.map { ($0.id, $0.source.words) },
            signing: content.signing.compactMap { seed in
                guard let key = try? SigningKey(name: origin, seed: seed.seed.exposedBytes) else { return nil }
                return (key.verifier.text, seed.epoch, seed.from)
            })
    }

    /// Puts one more master key into the file, which wraps from now on; a running `serve` follows by itself.
    /// - Parameter id: nil for the next free `m<number>`.
    /// - Returns: the id.
    public static func addMaster(
        path: String, id: String? = nil, placement: Placement
    ) throws(ConfigurationError) -> String {
        let lock = try KeyFileLock(path)
        var content = try Self.content(path: path)
        let taken = content.masters.map(\.id)
        // Above all others: backups may still name one that is gone.
        let next = (taken.compactMap { $0.hasPrefix("m") ? Int($0.dropFirst()) : nil }.max() ?? 0) + 1
        let id = id ?? "m\(next)"
        guard !taken.contains(id) else {
            throw ConfigurationError(.invalidValue, at: "keys", "the key file has a master key of that id")
        }
        content.masters.append(try master(id, placement, path: path))
        try write(content, path: path)
        _ = consume lock
        return id
    }

    /// Takes master keys out of the file; the last one stays. What they alone can open is lost.
    public static func removeMasters(path: String, where isRemoved: (String) -> Bool) throws(ConfigurationError) {
        let lock = try KeyFileLock(path)
        var content = try Self.content(path: path)
        content.masters = content.masters.dropLast().filter { !isRemoved($0.id) } + content.masters.suffix(1)
        try write(content, path: path)
        _ = consume lock
    }

    /// Puts a signing key into the file that signs from a size on; putting the same one again moves it.
    public static func setSigning(path: String, _ seed: SigningSeed) throws(ConfigurationError) {
        let lock = try KeyFileLock(path)
        var content = try Self.content(path: path)
        content.signing.removeAll { $0.seed == seed.seed }
        content.signing.append(seed)
        try write(content, path: path)
        _ = consume lock
    }

    /// Takes a signing key out of the file that has signed nothing: one that begins beyond this size of the log.
    static func removeSigning(path: String, _ seed: Secret, beyond size: UInt64) throws(ConfigurationError) {
        let lock = try KeyFileLock(path)
        var content = try Self.content(path: path)
        let before = content.signing.count
        content.signing.removeAll { $0.seed == seed && $0.from > size }
        if content.signing.count != before { try write(content, path: path) }
        _ = consume lock
    }
}
