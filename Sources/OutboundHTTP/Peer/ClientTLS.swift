internal import NIOSSL

/// TLS towards a peer: 1.2 at least (BCP 195), its name always verified. Files are PEM.
public struct ClientTLS: Sendable, Equatable {
    /// Which authorities are believed.
    public enum Trust: Sendable, Equatable {
        /// Those of this file, and no others.
        case authorities(file: String)
        /// Those that the operating system ships.
        case systemAuthorities
    }

    /// The certificate that this side presents.
    public struct Identity: Sendable, Equatable {
        /// Certificate and intermediates.
        public var certificateChainFile: String
        /// Its private key.
        public var privateKeyFile: String

        /// An identity from two files.
        public init(certificateChainFile: String, privateKeyFile: String) {
            self.certificateChainFile = certificateChainFile
            self.privateKeyFile = privateKeyFile
        }
    }

    /// Which authorities are believed.
    public var trust: Trust
    /// The client certificate, for mutual TLS.
    public var identity: Identity?

    /// TLS with this trust and, for mutual TLS, this identity.
    public init(trust: Trust, identity: Identity? = nil) {
        self.trust = trust
        self.identity = identity
    }

    /// Reads the files. Throws what NIOSSL throws when one is missing or not PEM.
    func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        if case .authorities(let file) = trust {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        }
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificateChainFile).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.privateKeyFile, format: .pem))
        }
        return configuration
    }
}
