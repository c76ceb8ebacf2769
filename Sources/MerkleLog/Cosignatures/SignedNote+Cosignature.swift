extension SignedNote {
    private static let cosignatureLength = 8 + 64

    /// When this witness cosigned the note, in POSIX seconds; nil where it did not, or where a line of its key is
    /// wrong.
    public func cosignature(of witness: WitnessVerifierKey) -> UInt64? {
        let id = witness.id
        let own = signatures.filter { $0.name == witness.name && $0.keyID == id }
        let times = own.compactMap { signature -> UInt64? in
            guard signature.bytes.count == Self.cosignatureLength else { return nil }
            let seconds = signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let isValid = witness.isValid(Array(signature.bytes.dropFirst(8)), of: cosignedBytes(text, at: seconds))
            return isValid && seconds <= UInt64(Int64.max) ? seconds : nil
        }
        // As for a log's own signatures: one wrong line of a key spoils the others.
        return times.count == own.count ? times.max() : nil
    }
}
