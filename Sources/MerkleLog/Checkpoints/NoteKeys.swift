internal import Crypto

/// The Ed25519 key (RFC 8032) that signs the checkpoints of a log. It prints its name only.
public struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Stands in the signature line; for a log it is the origin.
    public let name: String
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: the 32 bytes of the private key.
    /// - Throws: `key` for another length or a name that a note cannot carry.
    public init(name: String, seed: [UInt8]) throws(MerkleLogError) {
        guard isKeyName(name), let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw MerkleLogError(.key)
        }
        self.name = name
        self.key = key
    }

    /// The public half.
    public var verifier: VerifierKey {
        VerifierKey(name: name, trusted: Array(key.publicKey.rawRepresentation))
    }

    /// The same key under another name, as a log has it after a restore.
    /// - Throws: `key` for a name that a note cannot carry.
    public func named(_ name: String) throws(MerkleLogError) -> SigningKey {
        try SigningKey(name: name, seed: Array(key.rawRepresentation))
    }

    func signature(of bytes: [UInt8]) throws(MerkleLogError) -> [UInt8] {
        do { return Array(try key.signature(for: bytes)) } catch { throw MerkleLogError(.signature) }
    }

    /// The name only.
    public var description: String { "SigningKey(\(name))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The public half of a signing key; its text form is `name+hash+base64`, as auditors exchange it.
public struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    private let key: NotePublicKey

    init(name: String, trusted publicKey: [UInt8]) {
        key = NotePublicKey(kind: .note, name: name, trusted: publicKey)
    }

    /// Reads `name+hex(key id)+base64(01 ‖ public key)`.
    /// - Throws: `key` for another form, or where the key id does not belong to name and key.
    public init(parsing text: String) throws(MerkleLogError) { key = try NotePublicKey(kind: .note, parsing: text) }

    /// The key's name.
    public var name: String { key.name }
    /// The 32 bytes of the public key.
    public var publicKey: [UInt8] { key.bytes }
    /// The first four bytes of SHA-256(name ‖ 0A ‖ 01 ‖ public key).
    public var id: [UInt8] { key.id }
    /// `name+hex(key id)+base64(01 ‖ public key)`.
    public var text: String { key.text }
    /// The text form.
    public var description: String { text }

    /// The same public key under another name, as a log has it after a restore.
    /// - Throws: `key` for a name that a note cannot carry.
    public func named(_ name: String) throws(MerkleLogError) -> VerifierKey {
        guard isKeyName(name) else { throw MerkleLogError(.key) }
        return VerifierKey(name: name, trusted: publicKey)
    }

    func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool { key.isValid(signature, of: bytes) }
}
