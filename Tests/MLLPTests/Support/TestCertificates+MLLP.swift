import MLLP

extension TestCertificates {
    /// A listener that demands client certificates.
    var mutual: ListenerTLS {
        ListenerTLS(
            certificateChainFile: serverCertificate, privateKeyFile: serverKey, clientAuthoritiesFile: authority)
    }

    /// A sender with the client certificate.
    var sender: SenderTLS {
        SenderTLS(
            authoritiesFile: authority, certificateChainFile: clientCertificate, privateKeyFile: clientKey)
    }
}
