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

    /// Reads the files. Throws what NIOSSL throws when one is missing, not PEM or empty, or the key is not the
    /// certificate's.
    func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificateChainFile)
        guard !chain.isEmpty else { throw MLLPError(code: .tlsFile) }
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: privateKeyFile, format: .pem))
        let sources = chain.map { NIOSSLCertificateSource.certificate($0) }
        var configuration =
            if let clientAuthoritiesFile {
                TLSConfiguration.makeServerConfigurationWithMTLS(
                    certificateChain: sources, privateKey: key, trustRoots: try authorities(clientAuthoritiesFile))
            } else {
                TLSConfiguration.makeServerConfiguration(certificateChain: sources, privateKey: key)
            }
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }

    /// An empty list would believe nobody, which is not what an empty file is meant to say.
    private func authorities(_ file: String) throws -> NIOSSLTrustRoots {
        let authorities = try NIOSSLCertificate.fromPEMFile(file)
        guard !authorities.isEmpty else { throw MLLPError(code: .tlsFile) }
        return .certificates(authorities)
    }
}
