internal import NIOSSL

extension PeerCertificate {
    init?(_ certificate: NIOSSLCertificate) {
        guard let der = try? certificate.toDERBytes() else { return nil }
        let dnsNames = certificate._subjectAlternativeNames().compactMap { name -> String? in
            guard case .dnsName = name.nameType else { return nil }
            return String(decoding: name.contents, as: UTF8.self)
        }
        self.init(commonName: DistinguishedName.commonName(ofSubjectIn: der), dnsNames: dnsNames, der: der)
    }
}
