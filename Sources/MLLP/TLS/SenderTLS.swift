internal import NIOSSL

/// TLS of a sender: 1.2 at least, the receiver's name always verified. Files are PEM.
public struct SenderTLS: Sendable, Equatable {
    /// The authorities that are believed, and no others.
    public var authoritiesFile: String
    /// The client certificate and the intermediates after it, for mutual TLS.
    public var certificateChainFile: String?
    /// The client certificate's private key.
    public var privateKeyFile: String?

    /// TLS with these files; mutual when certificate and key are given.
    public init(authoritiesFile: String, certificateChainFile: String? = nil, privateKeyFile: String? = nil) {
        self.authoritiesFile = authoritiesFile
        self.certificateChainFile = certificateChainFile
        self.privateKeyFile = privateKeyFile
    }

    /// Reads the files. Throws what NIOSSL throws when one is missing or not PEM.
    func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authoritiesFile))
        if let certificateChainFile, let privateKeyFile {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateChainFile).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: privateKeyFile, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
