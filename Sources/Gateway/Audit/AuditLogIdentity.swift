public import MerkleLog
public import Sealing

/// The audit log's name and the key that signs its checkpoints, both from the key file.
public struct AuditLogIdentity: Sendable {
    /// Origin of the log: unique per installation.
    public let origin: String
    let signingKey: SigningKey

    public init(_ keys: KeyRing) throws(ConfigurationError) {
        origin = "imaging-gateway/\(keys.installation)"
        do {
            signingKey = try SigningKey(name: origin, seed: keys.signingSeed.exposedBytes)
        } catch {
            throw ConfigurationError(.invalidValue, at: "keys", "the signing key is damaged")
        }
    }

    /// The public key with which anybody verifies the checkpoints.
    public var verifier: VerifierKey { signingKey.verifier }

    /// The public key in the text form of C2SP signed notes.
    public var verifierKeyText: String { verifier.text }
}
