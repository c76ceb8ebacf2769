public import MerkleLog
public import Sealing
public import Workflow

/// The keys of the log's checkpoints. Seeds lie in the key file; their name is the log's origin.
extension KeyRing {
    /// All keys that signed or sign checkpoints, newest last, under this name.
    /// - Throws: `fault` `audit.signingKey`.
    public func signingKeys(origin: String) throws(AdapterError) -> [SigningKey] {
        var keys: [SigningKey] = []
        for seed in signingSeeds { keys.append(try Self.key(seed.seed, origin)) }
        return keys
    }

    /// The key for a checkpoint of this size. Ask after the size was read: a key that takes over at size n is in the
    /// key file before the log reaches n, and this looks there.
    /// - Throws: `fault` `audit.signingKey`.
    public func signingKey(origin: String, size: UInt64) throws(AdapterError) -> SigningKey {
        try Self.key(signingSeed(epoch: LogOrigin(origin).epoch, size: size), origin)
    }

    /// The public key that an auditor got first: the log's other keys follow from it by handovers.
    /// - Throws: `fault` `audit.signingKey`.
    public func anchorKey() throws(AdapterError) -> VerifierKey {
        try Self.key(signingSeeds[0].seed, logOrigin).verifier
    }

    private static func key(_ seed: Secret, _ origin: String) throws(AdapterError) -> SigningKey {
        do {
            return try SigningKey(name: origin, seed: seed.exposedBytes)
        } catch {
            throw AdapterError(.fault, code: "audit.signingKey")
        }
    }
}
