import Workflow

/// Who may ask for AuditEvents, and how they are known.
struct Auditors: Sendable {
    private struct Auditor: Sendable {
        let name: String
        let certificates: [String]
        let secret: SharedSecret?
    }

    private let auditors: [Auditor]

    /// Reads the secret files. Throws `ConfigurationError`.
    init(_ sections: [AuditorSection]) throws(ConfigurationError) {
        var auditors: [Auditor] = []
        for (index, section) in sections.enumerated() {
            var secret: SharedSecret?
            if let file = section.secretFile {
                secret = try SharedSecret(file: file, at: "auditors[\(index)].secretFile")
            }
            auditors.append(Auditor(name: section.name, certificates: section.certificates, secret: secret))
        }
        self.auditors = auditors
    }

    /// The auditor that shows all that is asked of them: certificate, secret, or both where both are configured.
    func name(of sender: MessageSenderIdentity, authorization: String?) -> String? {
        auditors.first { auditor in
            let isKnownByCertificate =
                auditor.certificates.isEmpty
                || !Set(sender.certificateNames).isDisjoint(with: auditor.certificates)
            let isKnownBySecret = auditor.secret?.matches(authorization: authorization) ?? true
            return isKnownByCertificate && isKnownBySecret
        }?.name
    }
}
