import Foundation
import NIOSSL

/// Certificates, keys, authorities and secret files that the configuration names.
struct CertificateChecks {
    let configuration: Configuration
    /// Seconds since 1970.
    let now: Int64

    /// How long before its end a certificate is spoken of.
    static let notice: Int64 = 30 * 86_400

    func items() -> [CheckItem] {
        var items: [CheckItem] = []
        for (index, section) in configuration.listeners.mllp.enumerated() {
            items += section.tls.map { server("listeners.mllp[\(index)].tls", $0) } ?? []
        }
        if let fhir = configuration.listeners.fhir {
            items += fhir.tls.map { server("listeners.fhir.tls", $0) } ?? []
            items += fhir.secretFile.map { secret("listeners.fhir.secretFile", $0) } ?? []
        }
        items += peer("ehr.fhir", configuration.ehr.auth, configuration.ehr.tls)
        for (index, archive) in configuration.archives.enumerated() {
            items += peer("archives[\(index)]", archive.auth, archive.tls)
        }
        for (index, archive) in configuration.researchArchives.enumerated() {
            items += peer("researchArchives[\(index)]", archive.auth, archive.tls)
        }
        for (index, section) in configuration.checkpoints.enumerated() {
            let path = "checkpoints[\(index)].\(section.kind)"
            switch section.place {
            case .folder: break
            case .syslog(let syslog): items += peer(path, .none, syslog.tls)
            case .https(let service), .witness(let service, _): items += peer(path, service.auth, service.tls)
            case .timestamps(let service, let ca):
                items += peer(path, service.auth, service.tls) + [authorities("\(path).ca", ca)]
            }
        }
        for (index, feed) in configuration.auditFeeds.enumerated() {
            switch feed.repository {
            case .syslog(let syslog): items += peer("auditFeeds[\(index)].syslog", .none, syslog.tls)
            case .fhir(let service, _): items += peer("auditFeeds[\(index)].fhir", service.auth, service.tls)
            }
        }
        for (index, auditor) in configuration.auditors.enumerated() {
            items += auditor.secretFile.map { secret("auditors[\(index)].secretFile", $0) } ?? []
        }
        for (index, result) in configuration.results.enumerated() {
            items += peer("results[\(index)]", .none, result.address.tls)
        }
        for source in configuration.sources {
            guard let address = source.acknowledgments else { continue }
            items += peer("sources.\(source.name).acknowledgments", .none, address.tls)
        }
        return items
    }

    private func server(_ name: String, _ section: ServerTLSSection) -> [CheckItem] {
        [identity(name, certificate: section.certificate, key: section.key)]
            + (section.clientCA.map { [authorities("\(name).clientCA", $0)] } ?? [])
    }

    private func peer(_ name: String, _ auth: AuthSection, _ tls: ClientTLSSection?) -> [CheckItem] {
        var items: [CheckItem] = []
        switch auth {
        case .none: break
        case .basic(_, let file): items += peerSecret("\(name).auth.passwordFile", file)
        case .bearer(let file): items += peerSecret("\(name).auth.tokenFile", file)
        }
        if let ca = tls?.ca { items.append(authorities("\(name).tls.ca", ca)) }
        if let certificate = tls?.certificate, let key = tls?.key {
            items.append(identity("\(name).tls", certificate: certificate, key: key))
        } else if tls?.certificate != nil || tls?.key != nil {
            let error = ConfigurationError(
                .missingKey, at: "\(name).tls", "a client certificate needs both `certificate` and `key`")
            items.append(.configuration("\(name).tls", error))
        }
        return items
    }

    // MARK: - Certificate and key

    private func identity(_ name: String, certificate: String, key: String) -> CheckItem {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(certificate), let leaf = chain.first else {
            return unreadable(name, "the certificate is missing, may not be read, or is not PEM", of: "certificate")
        }
        guard let privateKey = try? NIOSSLPrivateKey(file: key, format: .pem) else {
            return unreadable(name, "the private key is missing, may not be read, or is not PEM", of: "key")
        }
        guard Self.belongs(privateKey, chain) else {
            return CheckItem(
                name, .problem, code: CheckItem.Code.certificateKeyMismatch.rawValue,
                "the private key does not belong to the certificate",
                remedy: "name the key that the certificate was made for", area: .configuration)
        }
        if let item = validity(name, chain) { return item }
        if FileFacts(key)?.isOpenToOthers == true {
            return .warning(
                name, .certificateKeyExposed, "others may read the private key", remedy: "run chmod 600 on it")
        }
        return .ok(name, "certificate and key belong together, valid until \(Self.day(Int64(leaf.notValidAfter)))")
    }

    /// TLS itself is asked: it takes no certificate with another's key.
    private static func belongs(_ key: NIOSSLPrivateKey, _ chain: [NIOSSLCertificate]) -> Bool {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        return (try? NIOSSLContext(configuration: configuration)) != nil
    }

    private func authorities(_ name: String, _ file: String) -> CheckItem {
        guard let found = try? NIOSSLCertificate.fromPEMFile(file), !found.isEmpty else {
            return unreadable(
                name, "the file with the authorities is missing, may not be read, or is not PEM", of: "authority")
        }
        let current = found.filter { Int64($0.notValidBefore) <= now && Int64($0.notValidAfter) >= now }
        // A file may hold old authorities beside new ones.
        guard !current.isEmpty else { return validity(name, found) ?? .ok(name, "") }
        if let item = validity(name, current) { return item }
        return .ok(name, found.count == 1 ? "one authority" : "\(found.count) authorities")
    }

    /// What is wrong with the dates of the first certificate for which something is.
    private func validity(_ name: String, _ chain: [NIOSSLCertificate]) -> CheckItem? {
        for certificate in chain {
            let start = Int64(certificate.notValidBefore)
            let end = Int64(certificate.notValidAfter)
            if end < now {
                return .problem(
                    name, .certificateExpired, "the certificate expired on \(Self.day(end))",
                    remedy: "replace it, then send SIGHUP to `serve`; restart it for the certificate shown to a peer")
            }
            if start > now {
                return .problem(
                    name, .certificateNotYetValid, "the certificate is not valid before \(Self.day(start))",
                    remedy: "check this machine's clock, or wait")
            }
            if end < now + Self.notice {
                return .warning(
                    name, .certificateExpiresSoon, "the certificate expires on \(Self.day(end))",
                    remedy: "replace it in time, then send SIGHUP to `serve` or restart it")
            }
        }
        return nil
    }

    private func unreadable(_ name: String, _ words: String, of what: String) -> CheckItem {
        CheckItem(
            name, .problem, code: CheckItem.Code.certificateUnreadable.rawValue, words,
            remedy: "correct the path of the \(what), or its rights", area: .configuration)
    }

    // MARK: - Secrets

    private func secret(_ name: String, _ file: String) -> [CheckItem] {
        do throws(ConfigurationError) {
            _ = try SharedSecret(file: file, at: name)
            return [.ok(name, "private")]
        } catch {
            return [.configuration(name, error)]
        }
    }

    /// That it can be read is checked with the configuration; who else can is said here.
    private func peerSecret(_ name: String, _ file: String) -> [CheckItem] {
        guard FileFacts(file)?.isOpenToOthers == true else { return [] }
        return [.warning(name, .secretExposed, "others may read the file", remedy: "run chmod 600 on it")]
    }

    static func day(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
    }
}
