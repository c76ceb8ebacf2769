public import Sealing

extension SignedCertificate {
    /// What a certificate is worth that lies among the files of others.
    public enum Standing: Sendable, Hashable {
        /// It is one of those that are verified.
        case given
        /// It is about one of their studies, and signed with the key of its certificate: its files are no added ones.
        case vouches
        /// It is signed with another of the keys: to believe it, it has to be given too.
        case otherKey
        /// There is no key to verify it with.
        case keyMissing
        /// It is about another study.
        case otherStudy
        /// Nobody signed it.
        case unsigned
        /// None of the keys signed it, or it was changed.
        case forged

        /// What is wrong with it; nil for what is merely not believed.
        public var problem: CertificateProblem.Code? {
            switch self {
            case .given, .vouches, .otherKey, .keyMissing: nil
            case .otherStudy: .fileAdded
            case .unsigned: .unsigned
            case .forged: .signature
            }
        }
    }

    /// What it is worth beside those that are verified with `keys`.
    public func standing(beside certificates: [SignedCertificate], keys: [SignatureVerifier]) -> Standing {
        guard !certificates.contains(self) else { return .given }
        let others = certificates.filter { $0.certificate.studyInstanceUID == certificate.studyInstanceUID }
        guard !others.isEmpty else { return .otherStudy }
        guard let signature else { return .unsigned }
        guard !keys.isEmpty else { return .keyMissing }
        guard isSigned(byOneOf: keys) else { return .forged }
        return others.contains { $0.signature?.keyID == signature.keyID } ? .vouches : .otherKey
    }
}
