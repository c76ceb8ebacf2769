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
    /// - Throws: `fault` `audit.signingKey`, `store.sealing.keysUnreadable` where it was exchanged and cannot be read.
    public func signingKey(origin: String, size: UInt64) throws(AdapterError) -> SigningKey {
        do { try confirm() } catch { throw AdapterError(store: error) }
        return try Self.key(signingSeed(epoch: LogOrigin(origin).epoch, size: size), origin)
    }

    /// The public key that an auditor got first: the log's other keys follow from it by handovers.
    /// - Throws: `fault` `audit.signingKey`.
    public func anchorKey() throws(AdapterError) -> VerifierKey {
        try Self.key(signingSeeds[0].seed, logOrigin).verifier
    }

    /// The handovers between the signing keys, first to last, signed by both keys each.
    /// - Throws: `fault` `audit.signingKey`.
    public func handovers() throws(AdapterError) -> [(handover: KeyHandover, note: SignedNote)] {
        let seeds = signingSeeds
        var handovers: [(handover: KeyHandover, note: SignedNote)] = []
        for (former, seed) in zip(seeds, seeds.dropFirst()) {
            var origin = LogOrigin(logOrigin)
            while origin.epoch < seed.epoch { origin = origin.next }
            let (old, new) = (try Self.key(former.seed, origin.text), try Self.key(seed.seed, origin.text))
            do {
                let handover = try KeyHandover(origin: origin, size: seed.from, from: old.verifier, to: new.verifier)
                handovers.append((handover, try handover.signed(from: old, to: new)))
            } catch {
                throw AdapterError(.fault, code: "audit.signingKey")
            }
        }
        return handovers
    }

    /// The log's keys as the key file has them: no trust in what lies beside the checkpoints.
    /// - Throws: `fault` `audit.signingKey`.
    public func logKeys() throws(AdapterError) -> LogKeys {
        let (anchor, notes) = (try anchorKey(), try handovers().map { $0.note.serialized })
        do {
            return try LogKeys(anchor: anchor, handovers: notes)
        } catch {
            throw AdapterError(.fault, code: "audit.signingKey")
        }
    }

    private static func key(_ seed: Secret, _ origin: String) throws(AdapterError) -> SigningKey {
        do {
            return try SigningKey(name: origin, seed: seed.exposedBytes)
        } catch {
            throw AdapterError(.fault, code: "audit.signingKey")
        }
    }
}
