import NIOSSL

extension TLSConfiguration {
    /// TLS 1.2 or later with our certificate; with a client CA every client must present a certificate of it (ITI-19).
    static func server(_ section: ServerTLSSection) throws(ConfigurationError) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(section.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: section.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            if let clientCA = section.clientCA {
                configuration.trustRoots = .file(clientCA)
                configuration.certificateVerification = .noHostnameVerification
            }
            return configuration
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "listeners", "the certificate, its key or the client CA cannot be read")
        }
    }
}
