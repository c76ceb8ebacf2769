/// Who is at the other end of a connection, as far as the network tells.
public struct ConnectionIdentity: Sendable, Equatable {
    /// The peer's IP address, without the port.
    public let remoteAddress: String
    /// The verified client certificate, with mutual TLS only.
    public let certificate: PeerCertificate?

    /// An identity as seen by the listener.
    public init(remoteAddress: String, certificate: PeerCertificate? = nil) {
        self.remoteAddress = remoteAddress
        self.certificate = certificate
    }
}

/// The certificate that a peer proved to own. The chain was verified against the configured authorities; whether this
/// subject may send is the gateway's question.
public struct PeerCertificate: Sendable, Equatable {
    /// The last common name of the subject, if it has one.
    public let commonName: String?
    /// The DNS names of the subject alternative name extension.
    public let dnsNames: [String]
    /// The certificate, DER encoded.
    public let der: [UInt8]

    /// A certificate as presented.
    public init(commonName: String?, dnsNames: [String], der: [UInt8]) {
        self.commonName = commonName
        self.dnsNames = dnsNames
        self.der = der
    }
}
