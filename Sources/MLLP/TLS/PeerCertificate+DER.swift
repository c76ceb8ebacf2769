internal import NIOSSL

extension PeerCertificate {
    /// The names in a certificate that another listener of the gateway has verified; nil when the bytes are none.
    public init?(der: [UInt8]) {
        guard let certificate = try? NIOSSLCertificate(bytes: der, format: .der) else { return nil }
        self.init(certificate)
    }
}
