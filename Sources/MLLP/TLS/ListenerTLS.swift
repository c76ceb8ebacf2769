internal import NIOSSL

/// TLS of a listener: 1.2 at least, 1.3 preferred (BCP 195, RFC 9325). Files are PEM.
public struct ListenerTLS: Sendable, Equatable {
    /// The server's certificate and the intermediates after it.
    public var certificateChainFile: String
    /// The server's private key.
    public var privateKeyFile: String
    /// Authorities of client certificates. When set, a client without a valid certificate is refused (IHE ITI-19).
    public var clientAuthoritiesFile: String?

    /// TLS with these files; mutual when `clientAuthoritiesFile` is given.
    public init(certificateChainFile: String, privateKeyFile: String, clientAuthoritiesFile: String? = nil) {
        self.certificateChainFile = certificateChainFile
        self.privateKeyFile = privateKeyFile
        self.clientAuthoritiesFile = clientAuthoritiesFile
    }

    /// Reads the files. Throws what NIOSSL throws when one is missing or not PEM.
    func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificateChainFile).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: privateKeyFile, format: .pem))
        var configuration =
            if let clientAuthoritiesFile {
                TLSConfiguration.makeServerConfigurationWithMTLS(
                    certificateChain: chain, privateKey: key, trustRoots: .file(clientAuthoritiesFile))
            } else {
                TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
            }
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }
}
