internal import Crypto

/// The name of a key in a signed note: not empty, without white space and `+` (C2SP signed-note).
func isKeyName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty
        && name.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 && $0.value != 0x7f
        }
}

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
    private static let ed25519: UInt8 = 0x01
    /// The key's name.
    public let name: String
    /// The 32 bytes of the public key.
    public let publicKey: [UInt8]

    init(name: String, trusted publicKey: [UInt8]) {
        self.name = name
        self.publicKey = publicKey
    }

    /// Reads `name+hex(key id)+base64(01 ‖ public key)`.
    /// - Throws: `key` for another form, or where the key id does not belong to name and key.
    public init(parsing text: String) throws(MerkleLogError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, isKeyName(parts[0]), let blob = Base64.decode(parts[2]), blob.count == 33,
            blob[0] == Self.ed25519
        else { throw MerkleLogError(.key) }
        self.init(name: String(parts[0]), trusted: Array(blob.dropFirst()))
        guard hexOfID == parts[1] else { throw MerkleLogError(.key, at: "key id") }
    }

    /// The first four bytes of SHA-256(name ‖ 0A ‖ 01 ‖ public key).
    public var id: [UInt8] {
        Array(SHA256.hash(data: Array(name.utf8) + [0x0a, Self.ed25519] + publicKey).prefix(4))
    }

    /// `name+hex(key id)+base64(01 ‖ public key)`.
    public var text: String { "\(name)+\(hexOfID)+\(Base64.encode([Self.ed25519] + publicKey))" }

    /// The text form.
    public var description: String { text }

    private var hexOfID: String { id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}
