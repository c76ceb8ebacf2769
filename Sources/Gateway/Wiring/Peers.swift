import DICOMweb
import FHIRClient
import Foundation
import Mapping
import OutboundHTTP
import Workflow

extension Configuration {
    /// The configured authorities that assign identifiers.
    func assignerDirectory() throws(ConfigurationError) -> AssignerDirectory {
        do {
            return try AssignerDirectory(
                assigners.map { AssignerEntry(name: $0.name, hl7: $0.hl7, fhir: $0.fhir, dicom: $0.dicom) })
        } catch {
            throw ConfigurationError(
                .invalidValue, at: error.keyPath ?? "assigners", "assigners must be named and their names unique")
        }
    }

    /// The EHR, then the archives in their order.
    func peers(limits: OutboundLimits = OutboundLimits()) throws(ConfigurationError) -> [Peer] {
        var peers = [try Self.peer("ehr", base: ehr.base, auth: ehr.auth, tls: ehr.tls, at: "ehr.fhir", limits)]
        for (index, archive) in archives.enumerated() {
            peers.append(
                try Self.peer(
                    archive.name, base: archive.base, auth: archive.auth, tls: archive.tls, at: "archives[\(index)]",
                    limits))
        }
        return peers
    }

    static func peer(
        _ name: String, base: String, auth: AuthSection, tls: ClientTLSSection?, at path: String,
        _ limits: OutboundLimits, allowPlaintext: Bool = false
    ) throws(ConfigurationError) -> Peer {
        let authentication: Authentication =
            switch auth {
            case .none: .none
            case .basic(let user, let passwordFile): .basic(user: user, passwordFile: passwordFile)
            case .bearer(let tokenFile): .bearer(tokenFile: tokenFile)
            }
        // The file is read again for each request; here a wrong path is found before anything starts.
        let secret: (key: String, file: String)? =
            switch auth {
            case .none: nil
            case .basic(_, let file): ("passwordFile", file)
            case .bearer(let file): ("tokenFile", file)
            }
        if let secret, !FileManager.default.isReadableFile(atPath: secret.file) {
            throw ConfigurationError(.fileMissing, at: "\(path).auth.\(secret.key)", "the file cannot be read")
        }
        do {
            return try Peer(
                name: name, base: base, tls: tls.map(ClientTLS.init), authentication: authentication, limits: limits,
                allowPlaintext: allowPlaintext)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "\(path).\(path.hasPrefix("checkpoints") ? "url" : "base")",
                "expected an https URL with tls, or http on loopback [\(error.code.rawValue)]")
        }
    }
}

extension ClientTLS {
    init(_ section: ClientTLSSection) {
        let trust = section.ca.map { Trust.authorities(file: $0) } ?? .systemAuthorities
        guard let certificate = section.certificate, let key = section.key else {
            self.init(trust: trust)
            return
        }
        self.init(trust: trust, identity: Identity(certificateChainFile: certificate, privateKeyFile: key))
    }
}
