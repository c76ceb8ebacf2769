public import MerkleLog
public import Sealing
public import Workflow

/// What a backup says of itself: a signed note over the log's size and root and over the digests of all its files, so
/// that a backup proves itself with the public key alone.
public struct BackupManifest: Sendable, Hashable {
    private static let kind = "imaging-gateway/backup/v1"
    /// The file with the note.
    public static let name = "MANIFEST"
    /// The file with the digests, as `sha256sum -c` reads it.
    public static let sumsName = "SHA256SUMS"

    /// The log's name at that time.
    public let origin: LogOrigin
    /// How many leaves.
    public let size: UInt64
    /// The root over them.
    public let root: MerkleHash
    /// When it was made.
    public let created: Timestamp
    /// The master keys that are needed to read it.
    public let masters: [String]
    /// SHA-256 of `SHA256SUMS`.
    public let sums: Digest

    init(
        origin: LogOrigin, size: UInt64, root: MerkleHash, created: Timestamp, masters: [String], sums: Digest
    ) {
        (self.origin, self.size, self.root) = (origin, size, root)
        (self.created, self.masters, self.sums) = (created, masters.sorted(), sums)
    }

    /// Reads a manifest and verifies its signature with the key of its size.
    /// - Throws: `incorrect` `backup.manifest`.
    public init(note bytes: [UInt8], keys: LogKeys) throws(AdapterError) {
        do {
            let note = try SignedNote(parsing: bytes)
            let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard lines.count == 8, lines[0] == Self.kind, lines[7].isEmpty, let size = UInt64(lines[2]),
                let created = Int64(lines[4]), let sums = Digest(hex: lines[6])
            else { throw AdapterError(.incorrect, code: "backup.manifest") }
            let checkpoint = try Checkpoint(text: lines[1...3].map { "\($0)\n" }.joined())
            self.init(
                origin: LogOrigin(lines[1]), size: size, root: checkpoint.root,
                created: Timestamp(microseconds: created), masters: lines[5].split(separator: " ").map(String.init),
                sums: sums)
            guard text == note.text else { throw AdapterError(.incorrect, code: "backup.manifest") }
            try note.verify(keys.key(forSize: size, origin: origin))
        } catch {
            throw AdapterError(.incorrect, code: "backup.manifest")
        }
    }

    /// The text that is signed: kind, origin, size, root in base64, microseconds since 1970, ids of master keys,
    /// digest of the digests in hexadecimal digits, one line each.
    public var text: String {
        """
        \(Self.kind)
        \(origin.text)
        \(size)
        \(root.base64)
        \(created.microseconds)
        \(masters.joined(separator: " "))
        \(sums.hex)

        """
    }
}
