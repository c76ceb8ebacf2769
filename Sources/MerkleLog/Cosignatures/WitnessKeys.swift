internal import Crypto

/// The Ed25519 key of a witness (C2SP tlog-cosignature). A key signs for one witness only, because the signed bytes do
/// not name it. It prints its name only.
public struct WitnessSigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// The witness's name, such as `witness.example/w1`.
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
    public var verifier: WitnessVerifierKey {
        WitnessVerifierKey(name: name, trusted: Array(key.publicKey.rawRepresentation))
    }

    /// The signature line that says: this is the largest tree that the witness knows of that log, at that time.
    /// - Parameter seconds: POSIX time, at most 2⁶³ − 1.
    /// - Throws: `range` for a later time, `signature`.
    public func cosign(_ noteText: String, at seconds: UInt64) throws(MerkleLogError) -> SignedNote.Signature {
        guard seconds <= UInt64(Int64.max) else { throw MerkleLogError(.range, at: "time") }
        let signature: [UInt8]
        do {
            signature = Array(try key.signature(for: cosignedBytes(noteText, at: seconds)))
        } catch {
            throw MerkleLogError(.signature)
        }
        let time = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: seconds >> UInt64($0)) }
        return SignedNote.Signature(name: name, keyID: verifier.id, bytes: time + signature)
    }

    /// The name only.
    public var description: String { "WitnessSigningKey(\(name))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The public half of a witness's key; its text form differs from that of a log's key by the byte 04.
public struct WitnessVerifierKey: Hashable, Sendable, CustomStringConvertible {
    private let key: NotePublicKey

    init(name: String, trusted publicKey: [UInt8]) {
        key = NotePublicKey(kind: .cosignature, name: name, trusted: publicKey)
    }

    /// Reads `name+hex(key id)+base64(04 ‖ public key)`.
    /// - Throws: `key` for another form, or where the key id does not belong to name and key.
    public init(parsing text: String) throws(MerkleLogError) {
        key = try NotePublicKey(kind: .cosignature, parsing: text)
    }

    /// The witness's name.
    public var name: String { key.name }
    /// The 32 bytes of the public key.
    public var publicKey: [UInt8] { key.bytes }
    /// The first four bytes of SHA-256(name ‖ 0A ‖ 04 ‖ public key).
    public var id: [UInt8] { key.id }
    /// `name+hex(key id)+base64(04 ‖ public key)`.
    public var text: String { key.text }
    /// The text form.
    public var description: String { text }

    func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool { key.isValid(signature, of: bytes) }
}

/// Two lines in front of the note's text keep a cosignature apart from a log's own signature.
func cosignedBytes(_ noteText: String, at seconds: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(seconds)\n\(noteText)".utf8)
}
