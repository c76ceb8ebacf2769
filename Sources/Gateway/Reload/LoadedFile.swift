import Audit
import Foundation
import NIOSSL
import Sealing
import Workflow

/// A file, or a set of files, that decides how the gateway works, as it is in use now: configuration, mapping, model,
/// certificate.
struct LoadedFile: Sendable, Hashable {
    /// The event that tells of its loading.
    let event: AuditEventType
    /// Its place in the configuration, or its name in the mappings folder.
    let name: String
    /// SHA-256 of its contents, in hex.
    let sha256: String
    /// What else is told of it.
    let facts: AuditDetails

    init(_ event: AuditEventType, name: String, sha256: String, facts: AuditDetails = [:]) {
        self.event = event
        self.name = name
        self.sha256 = sha256
        self.facts = facts
    }

    /// A mapping, by its name in the folder.
    static func mappings(_ digests: [String: String]) -> [LoadedFile] {
        digests.sorted { $0.key < $1.key }.map { name, digest in
            LoadedFile(.mappingLoaded, name: name, sha256: digest)
        }
    }

    /// The first certificate of a PEM file, which is the one that is shown to peers: the digest is its fingerprint, of
    /// the DER form. `nil` where the file cannot be read: that is told elsewhere.
    static func certificate(_ path: String, at place: String) -> LoadedFile? {
        guard let certificate = try? NIOSSLCertificate.fromPEMFile(path).first, let der = try? certificate.toDERBytes()
        else { return nil }
        return LoadedFile(
            .certificateLoaded, name: place, sha256: Digest.sha256(der).hex,
            facts: [
                .notBefore: .moment(Timestamp(seconds: Int64(certificate.notValidBefore))),
                .notAfter: .moment(Timestamp(seconds: Int64(certificate.notValidAfter))),
            ])
    }

    /// That it was loaded.
    func loaded(_ trail: AuditTrail) -> AuditRecord {
        trail.service(
            event, details: facts.merging([.file: .configured(name), .sha256: .digest(sha256)]))
    }

    /// That it is another one than when the gateway ran last; `former` is what it was, `nil` where it was not there.
    func changed(_ trail: AuditTrail, from former: String?) -> AuditRecord {
        trail.service(
            .configurationChanged,
            details: [
                .part: .code(event.rawValue), .file: .configured(name), .sha256: .digest(sha256),
                .formerSHA256: former.map { .digest($0) },
            ])
    }
}

extension Timestamp {
    fileprivate init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }
}
