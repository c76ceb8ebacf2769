public import DICOM
public import ImageClassifier
public import Mapping
import Matching
public import Reporting
public import Sealing

/// Takes one order after the other from the store and brings it from accepted to composed.
///
/// One run is a straight line that is safe to run again: it leaves nothing behind but audit leaves until its last
/// commit, which holds the new state, the composed report and the audit records together.
public struct OrderWorker: Sendable {
    let store: any OrderStore
    let ehr: any EHR
    let ehrDefaultAssigner: Assigner?
    let destinations: [ResultDestinationSettings]
    let archives: [Archive]
    let assigners: AssignerDirectory
    let scratch: any SealedScratch
    let classifier: Classifier
    let decoder: any FrameDecoder
    let composer: ReportComposer
    let keys: KeyRing
    let waiting: WaitingPolicy
    let retry: RetryPolicy
    let limits: StudyLimits
    let isShadow: Bool
    let clock: any WallClock
    let trail: AuditTrail

    /// - Parameter destinations: who gets the result as an HL7 v2 message, beside the EHR's FHIR interface.
    public init(
        store: any OrderStore, ehr: any EHR, ehrDefaultAssigner: Assigner?,
        destinations: [ResultDestinationSettings] = [], archives: [Archive],
        assigners: AssignerDirectory, scratch: any SealedScratch, classifier: Classifier,
        decoder: any FrameDecoder, composer: ReportComposer, keys: KeyRing, waiting: WaitingPolicy, retry: RetryPolicy,
        limits: StudyLimits, isShadow: Bool, clock: any WallClock, trail: AuditTrail
    ) {
        self.store = store
        self.ehr = ehr
        self.ehrDefaultAssigner = ehrDefaultAssigner
        self.destinations = destinations
        self.archives = archives
        self.assigners = assigners
        self.scratch = scratch
        self.classifier = classifier
        self.decoder = decoder
        self.composer = composer
        self.keys = keys
        self.waiting = waiting
        self.retry = retry
        self.limits = limits
        self.isShadow = isShadow
        self.clock = clock
        self.trail = trail
    }

    /// How long one run may take before another worker may start over.
    static let leaseDuration = Duration.seconds(900)
    /// A run is cancelled, and tried again, before its lease ends: two workers never run one order at a time, and a
    /// study that takes longer ends with a person instead of running for ever.
    static let runLimit = Duration.seconds(780)

    /// Leases one due order and runs it; `false` when none is due.
    ///
    /// Throws only when the store itself fails: then nothing was changed and the lease runs out.
    public func runOne() async throws(AdapterError) -> Bool {
        guard let (order, lease) = try await store.leaseOrder(now: clock.now(), for: Self.leaseDuration) else {
            return false
        }
        do {
            try await clock.limiting(Self.runLimit) { () async throws(AdapterError) in
                try await run(order, lease: lease)
            }
        } catch {
            // The order was changed by a message while it ran: that message decides, this run counts for nothing.
            guard error.category == .conflict else { throw error }
        }
        return true
    }

    private func run(_ order: StoredOrder, lease: Lease) async throws(AdapterError) {
        switch order.kind {
        case .order: try await runOrder(order, lease: lease)
        case .notice: try await runNotice(order, lease: lease)
        case .tombstone: try await finish(order, lease: lease, event: .resolved)
        }
    }

    private func runOrder(_ order: StoredOrder, lease: Lease) async throws(AdapterError) {
        var order = order
        do {
            guard let imaging = order.content.order else {
                throw RunFailure(park: .fault, code: "workflow.orderEmpty")
            }
            let scope = AuditScope(order: order)
            guard let located = try await locate(imaging, scope: scope) else {
                order.content.progress.forgetStudy()
                return try await wait(order, imaging, until: nil, lease: lease)
            }
            let settled = settling(located, progress: &order.content.progress)
            guard settled <= clock.now() else { return try await wait(order, imaging, until: settled, lease: lease) }
            guard let drafts = try await report(imaging, located: located, order: &order, scope: scope) else {
                order.content.progress.forgetStudy()
                return try await wait(order, imaging, until: nil, lease: lease)
            }
            order.content.progress = OrderProgress()
            try await finish(
                order, lease: lease, event: .composed, study: located.study.studyInstanceUID.value, outbox: drafts)
        } catch let failure as RunFailure {
            try await fail(order, failure, lease: lease)
        } catch let error as AdapterError {
            throw error
        } catch {
            try await fail(order, RunFailure(park: .fault, code: "workflow.unexpected"), lease: lease)
        }
    }

    /// Match, retrieve, match again, de-identify, classify, compose; `nil` when the archive lists no instance.
    private func report(
        _ imaging: ImagingOrder, located: LocatedStudy, order: inout StoredOrder, scope: AuditScope
    ) async throws(RunFailure) -> [OutboxDraft]? {
        let scope = scope.study(located.study.studyInstanceUID)
        let indexed = try await match(
            imaging, formerPatient: order.content.formerPatient, located: located, scope: scope)
        guard let retrieved = try await retrieve(located, scope: scope) else { return nil }
        let matched = try await matchAgain(indexed, retrieved, located: located, scope: scope)
        let analysis = try await analyse(retrieved, scope: scope)
        return try await compose(matched, analysis, order: &order, scope: scope)
    }
}
