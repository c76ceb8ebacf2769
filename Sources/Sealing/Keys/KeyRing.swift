/// All keys of one installation (design §5): the contents of the key file. Losing it loses the sealed data.
public struct KeyRing: Sendable, CustomStringConvertible, CustomReflectable {
    /// The UUID of this installation; part of every name that it gives.
    public let installation: String
    /// Oldest first; the last one wraps new data keys.
    public let masters: [MasterKey]
    private let secrets: ExportedSecrets
    /// Subkeys of the purposes that are used all the time, by label.
    private let indexKeys: [IndexPurpose: PreparedAuthentication]

    /// The ring of a key file.
    /// - Throws: `identifier` for an installation that is no lower-case UUID, `masterKeys` for none or two of one id.
    public init(
        installation: String, masters: [MasterKey], index: Secret, naming: Secret, pseudonym: Secret, signing: Secret
    ) throws(SealingError) {
        guard isUUID(installation) else { throw SealingError(.identifier, at: "installation") }
        guard !masters.isEmpty, Set(masters.map(\.id)).count == masters.count else {
            throw SealingError(.masterKeys)
        }
        self.installation = installation
        self.masters = masters
        secrets = ExportedSecrets(
            installation: installation, masters: masters, index: index, naming: naming, pseudonym: pseudonym,
            signing: signing)
        indexKeys = Dictionary(
            uniqueKeysWithValues: IndexPurpose.common.map { ($0, Self.indexKey($0, of: index)) })
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

    /// Everything, for writing the key file and for nothing else.
    public func exportedSecrets() -> ExportedSecrets { secrets }

    /// The Ed25519 seed that signs checkpoints; give it to `MerkleLog.SigningKey`.
    public var signingSeed: Secret { secrets.signing }

    /// The ring with one more master key, which wraps from now on.
    /// - Throws: `masterKeys` if the id is taken.
    public func adding(_ master: MasterKey) throws(SealingError) -> KeyRing {
        try KeyRing(
            installation: installation, masters: masters + [master], index: secrets.index, naming: secrets.naming,
            pseudonym: secrets.pseudonym, signing: secrets.signing)
    }

    /// The value by which an identifier is found in a table: HMAC-SHA256, 32 bytes, useless without the key.
    public func indexValue(_ purpose: IndexPurpose, _ value: String) -> [UInt8] {
        (indexKeys[purpose] ?? Self.indexKey(purpose, of: secrets.index)).code(for: Array(value.utf8))
    }

    /// A name for something that we write elsewhere: always the same lower-case UUID (version 8) for the same parts
    /// in this installation.
    public func derivedName(_ parts: [String]) -> String {
        let code = secrets.naming.derived(for: "naming")
            .authenticationCode(for: lengthPrefixed([installation] + parts))
        return uuid(code, version: 8)
    }

    /// The pseudonyms that de-identification gives.
    public var pseudonyms: Pseudonyms { Pseudonyms(secret: secrets.pseudonym.derived(for: "pseudonym")) }

    /// The installation only.
    public var description: String { "KeyRing(\(installation))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The fields of a key file in the clear. Each secret still prints as `<redacted>`.
public struct ExportedSecrets: Sendable, Equatable {
    /// The UUID of the installation.
    public let installation: String
    /// Oldest first.
    public let masters: [MasterKey]
    /// For keyed indexes; rotates only together with a re-index.
    public let index: Secret
    /// For names given elsewhere; never rotates.
    public let naming: Secret
    /// For pseudonyms.
    public let pseudonym: Secret
    /// Ed25519 seed for checkpoints.
    public let signing: Secret
}
