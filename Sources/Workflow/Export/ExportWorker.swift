import Audit
import DICOM
public import Deidentification
import Mapping
public import Sealing

/// Takes one export after the other from the store and brings the de-identified copy to its research archive.
///
/// It stands beside the clinical path: it starts only while no order waits for a worker, has leases of its own, and
/// nothing that goes wrong here touches an order. One run retrieves the study again and compares it with the order and
/// the EHR again, so that nothing rests on what was found earlier; it is safe to run again at any point, because the
/// same study, profile and first try give the same objects under the same UIDs.
public struct ExportWorker: Sendable {
    let store: any OrderStore & ExportStore
    let archive: ResearchArchive
    let clinical: OrderWorker
    let pseudonyms: ScopedPseudonyms
    let keys: KeyRing
    let pixels: PixelReader?
    let retry: RetryPolicy
    let clock: any WallClock
    let trail: AuditTrail

    /// How long one run may take before another worker may start over.
    static let leaseDuration = Duration.seconds(3_600)
    /// A run is cancelled, and tried again, before its lease ends.
    static let runLimit = Duration.seconds(3_300)

    /// - Parameters:
    ///   - clinical: finds, compares and retrieves studies, as it does for reports.
    ///   - pixels: looks for text where the profile asks for it; without it such images are quarantined.
    ///   - pseudonyms: of the installation; each archive gets its own from them, or has a list of its own.
    public init(
        store: any OrderStore & ExportStore, archive: ResearchArchive, clinical: OrderWorker,
        pseudonyms: any PseudonymSource, keys: KeyRing, pixels: PixelReader? = nil, retry: RetryPolicy,
        clock: any WallClock, trail: AuditTrail
    ) {
        self.store = store
        self.archive = archive
        self.clinical = clinical
        self.pseudonyms = ScopedPseudonyms(
            archive.pseudonyms ?? pseudonyms, archive: archive.name, rules: archive.rulesDigest,
            isOwn: archive.pseudonyms != nil)
        self.keys = keys
        self.pixels = pixels
        self.retry = retry
        self.clock = clock
        self.trail = trail
    }

    /// Leases one due export and runs it; `false` when none is due.
    ///
    /// Throws only when the store itself fails: then nothing was changed and the lease runs out.
    public func exportOne() async throws(AdapterError) -> Bool {
        let leased = try await store.leaseExport(to: archive.name, now: clock.now(), for: Self.leaseDuration)
        guard let (job, lease) = leased else { return false }
        do {
            try await clock.limiting(Self.runLimit) { () async throws(AdapterError) in
                try await run(job, lease: lease)
            }
        } catch {
            // It was taken back or discarded while it ran: this run counts for nothing.
            guard error.category == .conflict else { throw error }
        }
        return true
    }

    private func run(_ job: ExportJob, lease: Lease) async throws(AdapterError) {
        guard let order = try await store.order(job.order), let imaging = order.content.order, order.mayBeExported
        else {
            return try await end(job, lease, .discarded, code: "export.orderChanged")
        }
        let scope = AuditScope(order: order).counted(as: .operations, for: .research)
        var job = job
        do throws(RunFailure) {
            guard job.content.profileDigest == archive.rulesDigest else {
                return try await quarantine(job, lease, code: "export.profileChanged", scope: scope)
            }
            guard try await !isOptedOut(imaging.patient + order.content.formerPatient),
                let prepared = try await prepare(job, order: order, imaging, scope: scope)
            else { return try await discard(job, lease, code: "export.optedOut", scope: scope) }
            // From here on something may be outside: what, is on the list before it is.
            let unsent = job
            job.content.copy = prepared.copy
            try await write(job, lease)
            guard try await isUnchanged(order) else {
                return try await discard(unsent, lease, code: "export.orderChanged", scope: scope)
            }
            guard try await !isOptedOut(prepared.patients) else {
                return try await discard(unsent, lease, code: "export.optedOut", scope: scope)
            }
            try await send(prepared, scope: scope)
        } catch {
            return try await fail(job, lease, error, scope: scope)
        }
        try await end(job, lease, .sent, scope: scope)
    }

    /// Whether one of the identifiers of one patient is on the archive's list of those who object.
    func isOptedOut(_ patient: [AssignedIdentifier]) async throws(RunFailure) -> Bool {
        do { return try await archive.optedOut(patient) } catch { throw RunFailure(error) }
    }

    /// Whether the order is still the one whose study was prepared.
    private func isUnchanged(_ order: StoredOrder) async throws(RunFailure) -> Bool {
        do throws(AdapterError) {
            guard let current = try await store.order(order.id) else { return false }
            return current.mayBeExported && current.content.order == order.content.order
                && current.content.reportedStudy == order.content.reportedStudy
        } catch {
            throw RunFailure(error)
        }
    }
}
