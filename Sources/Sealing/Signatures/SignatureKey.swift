internal import Crypto

/// An Ed25519 key (RFC 8032) that signs documents. It prints its id only.
public struct SignatureKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: Curve25519.Signing.PrivateKey

    /// - Throws: `keyLength` for a seed that is no key.
    public init(seed: Secret) throws(SealingError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed.exposedBytes) else {
            throw SealingError(.keyLength)
        }
        self.key = key
    }

    /// The public half.
    public var verifier: SignatureVerifier { SignatureVerifier(trusted: Array(key.publicKey.rawRepresentation)) }

    /// 64 bytes.
    /// - Throws: `cipher`.
    public func signature(of bytes: [UInt8]) throws(SealingError) -> [UInt8] {
        do { return Array(try key.signature(for: bytes)) } catch { throw SealingError(.cipher) }
    }

    /// The id only.
    public var description: String { "SignatureKey(\(verifier.id))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The public half of a `SignatureKey`.
public struct SignatureVerifier: Sendable, Hashable {
    /// The 32 bytes of the public key.
    public let publicKey: [UInt8]

    init(trusted publicKey: [UInt8]) { self.publicKey = publicKey }

    /// - Throws: `keyLength` for what is no public key.
    public init(publicKey: [UInt8]) throws(SealingError) {
        guard (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)) != nil else {
            throw SealingError(.keyLength)
        }
        self.publicKey = publicKey
    }

    /// The first eight bytes of the public key's SHA-256, in hexadecimal digits.
    public var id: String { Hex.encode(Digest.sha256(publicKey).bytes.prefix(8)) }

    /// Whether these bytes were signed by the key's owner.
    public func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}

extension KeyRing {
    /// The keys that sign certificates of de-identification, oldest first; the last one signs. Each is derived from a
    /// signing key of the audit log for this purpose alone, and follows it when that is rotated.
    public var certificateKeys: [SignatureKey] {
        signingSeeds.compactMap { try? SignatureKey(seed: $0.seed.derived(for: "deidentification-certificate")) }
    }
}
