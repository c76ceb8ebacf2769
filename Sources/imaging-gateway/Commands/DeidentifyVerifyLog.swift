import Audit
import Deidentification
import Gateway
import MerkleLog
import Persistence
import Sealing
import Workflow

/// The audit record that names a certificate, and the proof that it stands in the log.
struct CertificateInLog {
    let index: UInt64
    let size: UInt64
    let root: MerkleHash

    /// Notes where the log holds each certificate, and which it does not. The reading is recorded, once. Inclusion
    /// proofs are made from the leaves as they lie there and verified before this is answered.
    static func find(
        _ configuration: Configuration, emergency: Emergency?, _ report: inout CertificateReportOfVerification
    ) async throws {
        let digests = report.certificates.map(\.signed.digest.hex)
        let installation = try Installation(configuration)
        let places = try await installation.withAccess(.auditor, configuration, emergency: emergency) { access in
            let reading = access.trail.reading(
                .auditRead, role: .auditor, subjects: [], details: [.command: .code("deidentify.verify")])
            let entries = try await installation.store.auditEntries(
                AuditQuery(events: [.studyDeidentify, .deidentifyExport, .studyExport]), reading: [reading])
            let hashes = try AuditLogFile(
                configuration.dataFolder, archiveFolders: configuration.audit.archives
            ).leafHashes(upTo: nil)
            let proofs = AuditProofs(leaves: hashes)
            return digests.map { digest -> CertificateInLog? in
                guard let named = entries.first(where: { $0.record?.details["digest"] == digest }),
                    named.index < hashes.count
                else { return nil }
                let proof = InclusionProof(
                    index: named.index, size: UInt64(hashes.count), path: proofs.path(named.index))
                do {
                    try proof.verify(leafHash: .leaf(named.leaf), root: proofs.root)
                } catch {
                    return nil
                }
                return CertificateInLog(index: named.index, size: proof.size, root: proofs.root)
            }
        }
        for (index, place) in places.enumerated() {
            report.certificates[index].place = place
            if place == nil { report.add(CertificateProblem(.notInAuditLog, certificate: index)) }
        }
    }
}
