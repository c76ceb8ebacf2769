import Audit
import DICOM
import Deidentification

extension ExportWorker {
    /// Sends a copy, images first and the certificate last: where the certificate is, all is.
    ///
    /// The intent names the copy before the first byte leaves; the outcome tells what the archive said. Sent to somebody
    /// outside of the treatment, it counts as a disclosure for research.
    func send(_ prepared: PreparedExport, scope: AuditScope) async throws(RunFailure) {
        let copy = prepared.copy
        let what: AuditDetails = [
            .transaction: .code("STOW-RS"), .profile: .configured(archive.profile.name),
            .digest: .digest(copy.certificate), .count: .count(copy.instances),
            .bytes: .count(prepared.objects.reduce(0) { $0 + $1.bytes.count }),
        ]
        let scope = scope.peer(archive.name).disclosed(for: .research)
            .naming([Subject(type: .study, identifier: copy.study)])
        do {
            _ = try await trail.around(
                .studyExport, scope, intent: what,
                facts: { (receipt: StoreReceipt) in
                    AccessFacts(
                        what.merging([
                            .duplicates: .count(receipt.duplicates), .warnings: .count(receipt.warnings),
                            .requests: .count(receipt.requests),
                        ]))
                }
            ) { () async throws(AdapterError) in
                var receipt = try await archive.store.store(prepared.objects, study: prepared.study)
                let last = try await archive.store.store([prepared.certificate], study: prepared.study)
                receipt.requests += last.requests
                receipt.warnings += last.warnings
                receipt.duplicates += last.duplicates
                return receipt
            }
        } catch {
            throw RunFailure(error)
        }
    }
}
