internal import MLLP
internal import NIOSSL
internal import OutboundHTTP

/// Mutual TLS of the pretend hospital: one authority that everybody believes, a certificate for what listens and one
/// for what connects. PEM files, as `make certs` writes them.
public struct SandboxTLS: Sendable, Equatable {
    /// The authority of both sides.
    public var authority: String
    public var serverCertificate: String
    public var serverKey: String
    public var clientCertificate: String
    public var clientKey: String

    /// The files of one folder: `ca.pem`, `server.pem`, `server.key`, `client.pem`, `client.key`.
    public init(folder: String) {
        authority = "\(folder)/ca.pem"
        serverCertificate = "\(folder)/server.pem"
        serverKey = "\(folder)/server.key"
        clientCertificate = "\(folder)/client.pem"
        clientKey = "\(folder)/client.key"
    }

    /// Whether all files are there and are what they should be.
    public var isUsable: Bool {
        (try? NIOSSLContext(configuration: server())) != nil
            && (try? NIOSSLCertificate.fromPEMFile(clientCertificate)) != nil
            && (try? NIOSSLPrivateKey(file: clientKey, format: .pem)) != nil
    }

    /// For a listener that demands a client certificate. Throws what NIOSSL throws when a file is missing or not PEM.
    func server() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(serverCertificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: serverKey, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = .file(authority)
        configuration.certificateVerification = .noHostnameVerification
        return configuration
    }

    var mllpListener: ListenerTLS {
        ListenerTLS(
            certificateChainFile: serverCertificate, privateKeyFile: serverKey, clientAuthoritiesFile: authority)
    }

    var mllpSender: SenderTLS {
        SenderTLS(
            authoritiesFile: authority, certificateChainFile: clientCertificate, privateKeyFile: clientKey)
    }

    var httpClient: ClientTLS {
        ClientTLS(
            trust: .authorities(file: authority),
            identity: .init(certificateChainFile: clientCertificate, privateKeyFile: clientKey))
    }
}
