/// All keys of one installation (design §5): the contents of the key file. Losing it loses the sealed data.
///
/// Master keys and signing keys rotate while the program runs: all copies of a ring see a change of the key file at the
/// next use. The other keys never change.
public struct KeyRing: Sendable, CustomStringConvertible, CustomReflectable {
    /// The UUID of this installation; part of every name that it gives.
    public let installation: String
    let live: LiveKeys
    private let fixed: FixedSecrets
    /// Subkeys of the purposes that are used all the time, by label.
    private let indexKeys: [IndexPurpose: PreparedAuthentication]

    /// The secrets that outlive every rotation.
    private struct FixedSecrets: Sendable {
        let index: Secret
        let naming: Secret
        let pseudonym: Secret
    }

    /// The ring of a key file.
    /// - Parameters:
    ///   - source: where master and signing keys are read again; nil for keys that stay.
    ///   - seen: the source's state before `rotating` was read.
    /// - Throws: `identifier` for an installation that is no lower-case UUID.
    public init(
        installation: String, rotating: RotatingKeys, index: Secret, naming: Secret, pseudonym: Secret,
        source: RotatingKeySource? = nil, seen: [Int]? = nil
    ) throws(SealingError) {
        guard isUUID(installation) else { throw SealingError(.identifier, at: "installation") }
        self.installation = installation
        live = LiveKeys(rotating, source: source, seen: seen)
        fixed = FixedSecrets(index: index, naming: naming, pseudonym: pseudonym)
        indexKeys = Dictionary(
            uniqueKeysWithValues: IndexPurpose.common.map { ($0, Self.indexKey($0, of: index)) })
    }

    /// A ring that stays as it is.
    /// - Throws: `identifier` for an installation that is no lower-case UUID, `masterKeys` for none or two of one id.
    public init(
        installation: String, masters: [MasterKey], index: Secret, naming: Secret, pseudonym: Secret, signing: Secret
    ) throws(SealingError) {
        try self.init(
            installation: installation,
            rotating: RotatingKeys(masters: masters, signing: [SigningSeed(seed: signing)]), index: index,
            naming: naming, pseudonym: pseudonym)
    }

    private static func indexKey(_ purpose: IndexPurpose, of index: Secret) -> PreparedAuthentication {
        index.derived(for: "index/\(purpose.label)").preparedAuthentication
    }

    /// A new ring with one master key. Tests pass their own randomness.
    public static func generate(
        masterID: String = "m1", randomness: (Int) -> [UInt8] = randomBytes
    ) throws(SealingError) -> KeyRing {
        try KeyRing(
            installation: uuid(randomness(16), version: 4),
            masters: [MasterKey(id: masterID, key: Secret(randomness(Secret.length)))],
            index: Secret(randomness(Secret.length)), naming: Secret(randomness(Secret.length)),
            pseudonym: Secret(randomness(Secret.length)), signing: Secret(randomness(Secret.length)))
    }

    /// Oldest first, as they are now; the last one wraps new data keys.
    public var masters: [MasterKey] { live.current.masters }

    /// The id of the master key that wraps new data keys now.
    public var currentMasterID: String { masters.last?.id ?? "" }

    /// Reads master and signing keys again, now; returns the ids of the master keys, oldest first.
    /// - Throws: what the source throws; the ring stays as it was.
    @discardableResult
    public func reload() throws -> [String] { try live.reload().masters.map(\.id) }

    /// Everything, for writing the key file and for nothing else.
    public func exportedSecrets() -> ExportedSecrets {
        ExportedSecrets(
            installation: installation, rotating: live.current, index: fixed.index, naming: fixed.naming,
            pseudonym: fixed.pseudonym)
    }

    /// The Ed25519 seeds that signed and sign checkpoints, oldest first; give them to `MerkleLog.SigningKey`.
    public var signingSeeds: [SigningSeed] { live.current.signing }

    /// The newest seed. A checkpoint is signed by that of its size: `signingSeed(epoch:size:)`.
    public var signingSeed: Secret { signingSeed(epoch: .max, size: .max) }

    /// The seed of the key that signs a log of this size, under the name that `epoch` restores gave it. Ask after the
    /// size was read, never before: a key that takes over at size n is in the key file before the log reaches n.
    public func signingSeed(epoch: UInt64, size: UInt64) -> Secret {
        let seeds = signingSeeds
        return (seeds.last { $0.begins(before: epoch, size) } ?? seeds[0]).seed
    }

    /// A ring of its own with one more master key, which wraps from now on.
    /// - Throws: `masterKeys` if the id is taken.
    public func adding(_ master: MasterKey) throws(SealingError) -> KeyRing {
        let rotating = live.current
        return try KeyRing(
            installation: installation,
            rotating: RotatingKeys(masters: rotating.masters + [master], signing: rotating.signing),
            index: fixed.index, naming: fixed.naming, pseudonym: fixed.pseudonym)
    }

    /// The value by which an identifier is found in a table: HMAC-SHA256, 32 bytes, useless without the key.
    public func indexValue(_ purpose: IndexPurpose, _ value: String) -> [UInt8] {
        (indexKeys[purpose] ?? Self.indexKey(purpose, of: fixed.index)).code(for: Array(value.utf8))
    }

    /// A name for something that we write elsewhere: always the same lower-case UUID (version 8) for the same parts
    /// in this installation.
    public func derivedName(_ parts: [String]) -> String {
        let code = fixed.naming.derived(for: "naming")
            .authenticationCode(for: lengthPrefixed([installation] + parts))
        return uuid(code, version: 8)
    }

    /// The pseudonyms that de-identification gives.
    public var pseudonyms: Pseudonyms { Pseudonyms(secret: fixed.pseudonym.derived(for: "pseudonym")) }

    /// Seals crosswalk files.
    var crosswalkSecret: Secret { fixed.pseudonym.derived(for: "crosswalk") }

    /// The installation only.
    public var description: String { "KeyRing(\(installation))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The fields of a key file in the clear. Each secret still prints as `<redacted>`.
public struct ExportedSecrets: Sendable, Equatable {
    /// The UUID of the installation.
    public let installation: String
    /// Master and signing keys as they are now.
    public let rotating: RotatingKeys
    /// For keyed indexes; rotates only together with a re-index.
    public let index: Secret
    /// For names given elsewhere; never rotates.
    public let naming: Secret
    /// For pseudonyms.
    public let pseudonym: Secret

    /// Oldest first.
    public var masters: [MasterKey] { rotating.masters }
    /// Ed25519 seeds for checkpoints, oldest first.
    public var signing: [SigningSeed] { rotating.signing }
}
