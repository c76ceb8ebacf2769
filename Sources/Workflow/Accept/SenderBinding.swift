import HL7v2

/// Who is at the other end of a connection, as far as the transport knows.
public struct MessageSenderIdentity: Sendable, Hashable {
    /// The names in the verified client certificate: subject alternative names and common name; empty without one.
    public let certificateNames: [String]
    /// SHA-256 of the verified client certificate in DER, in hex; `nil` without one.
    public let certificateSHA256: String?
    /// The peer's address.
    public let address: String
    /// How the peer showed who it is.
    public let authentication: Authentication

    /// What a listener demanded of a peer.
    public enum Authentication: String, Sendable {
        /// A client certificate (IHE ITI-19).
        case certificate
        /// A secret in the Authorization header.
        case token
        /// Nothing but its address.
        case address
    }

    /// - Parameter hasToken: Whether the listener checked a secret.
    public init(
        certificateNames: [String], certificateSHA256: String? = nil, address: String, hasToken: Bool = false
    ) {
        self.certificateNames = certificateNames
        self.certificateSHA256 = certificateSHA256
        self.address = address
        authentication = !certificateNames.isEmpty ? .certificate : hasToken ? .token : .address
    }
}

/// Which client certificates may send, and in whose name (MSH-3, MSH-4).
public struct SenderBinding: Sendable, Hashable {
    /// A sending application, and its facility where one is meant.
    public struct Application: Sendable, Hashable {
        /// MSH-3.1.
        public let application: String
        /// MSH-4.1; `nil` takes any.
        public let facility: String?

        public init(application: String, facility: String? = nil) {
            self.application = application
            self.facility = facility
        }
    }

    /// Certificate names, of which the peer's has one; empty asks for no certificate.
    public let certificateNames: [String]
    /// The senders that messages may name; empty takes any.
    public let applications: [Application]

    public init(certificateNames: [String] = [], applications: [Application] = []) {
        self.certificateNames = certificateNames
        self.applications = applications
    }
}

extension SenderBinding {
    /// Where the message or its connection goes against the binding: MSH-3 or MSH-4; `nil` where it does not.
    func violation(by sender: MessageSenderIdentity?, header: MessageHeader) -> ErrorLocation? {
        let names = sender?.certificateNames ?? []
        guard certificateNames.isEmpty || names.contains(where: certificateNames.contains) else {
            return ErrorLocation(segment: "MSH", field: 3)
        }
        guard !applications.isEmpty else { return nil }
        let named = applications.filter { $0.application == header.sendingApplication }
        guard !named.isEmpty else { return ErrorLocation(segment: "MSH", field: 3) }
        let isBound = named.contains { $0.facility == nil || $0.facility == header.sendingFacility }
        return isBound ? nil : ErrorLocation(segment: "MSH", field: 4)
    }
}
