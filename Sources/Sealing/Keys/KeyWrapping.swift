extension KeyRing {
    private static let version: UInt8 = 1

    /// Seals a data key with the current master key. Ring and id are part of the associated data.
    /// - Throws: `keysUnreadable` while the key file was exchanged and cannot be read; `cipher`.
    public func wrap(_ key: DataKey) throws(SealingError) -> WrappedKey {
        guard let master = try live.confirmed().masters.last else { throw SealingError(.masterKeys) }
        let sealed = try AuthenticatedCipher(master.wrappingKey)
            .seal(key.secret.exposedBytes, associatedData: associatedData(key.id, master.id))
        return WrappedKey(dataKeyID: key.id, masterID: master.id, bytes: [Self.version] + sealed)
    }

    /// Opens a wrapped data key with the master key that it names.
    /// - Throws: `unknownMaster`, `malformed`, `notAuthentic`.
    public func unwrap(_ wrapped: WrappedKey) throws(SealingError) -> DataKey {
        guard let master = live.master(wrapped.masterID) else { throw SealingError(.unknownMaster) }
        guard wrapped.bytes.first == Self.version else { throw SealingError(.malformed, at: "wrapped key") }
        let plain = try AuthenticatedCipher(master.wrappingKey)
            .open(wrapped.bytes.dropFirst(), associatedData: associatedData(wrapped.dataKeyID, master.id))
        return DataKey(id: wrapped.dataKeyID, secret: try Secret(plain))
    }

    /// Whether a key was wrapped by the master key that wraps now. A transaction asks before it stores a key that was
    /// wrapped earlier, so that no key of a master that is about to go comes after the last look for such keys. False for
    /// every key while the key file cannot be read.
    public func isCurrent(_ wrapped: WrappedKey) -> Bool {
        wrapped.masterID == (try? live.confirmed())?.masters.last?.id
    }

    /// Makes sure that the keys are those of the key file.
    /// - Throws: `keysUnreadable` while it was exchanged and cannot be read.
    public func confirm() throws(SealingError) { _ = try live.confirmed() }

    /// The same data key under the current master key: rotation.
    public func rewrap(_ wrapped: WrappedKey) throws(SealingError) -> WrappedKey { try wrap(unwrap(wrapped)) }

    private func associatedData(_ id: DataKeyID, _ master: String) -> [UInt8] {
        lengthPrefixed(["data_key", installation, id.text, master])
    }
}
