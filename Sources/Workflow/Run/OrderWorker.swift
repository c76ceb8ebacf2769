public import DICOM
import ImageClassifier
public import Mapping
import Matching
import Reporting
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
    let models: InstalledModels
    let routing: @Sendable () -> Routing
    let decoder: any FrameDecoder
    let keys: KeyRing
    let waiting: WaitingPolicy
    let retry: RetryPolicy
    let limits: StudyLimits
    let isShadow: Bool
    let research: [ResearchArchive]
    let clock: any WallClock
    let trail: AuditTrail
    let observed: @Sendable (ModelOutcome) -> Void
    let committed: @Sendable () -> Void
    private let threads: (any TaskExecutor)?

    /// - Parameters:
    ///   - destinations: who gets the result as an HL7 v2 message, beside the EHR's FHIR interface.
    ///   - routing: the site's rules as they hold now.
    ///   - research: who gets de-identified copies of studies; decided here, sent by `ExportWorker`.
    ///   - observed: told of everything that a model said, once it is stored, for counters.
    ///   - committed: told that an order is stored while this worker goes on with shadow models.
    ///   - threads: what waits for a decoder runs there, and takes no thread from what must answer soon; left out, it
    ///     runs where all else does.
    public init(
        store: any OrderStore, ehr: any EHR, ehrDefaultAssigner: Assigner?,
        destinations: [ResultDestinationSettings] = [], archives: [Archive],
        assigners: AssignerDirectory, scratch: any SealedScratch, models: InstalledModels,
        routing: @escaping @Sendable () -> Routing, decoder: any FrameDecoder, keys: KeyRing, waiting: WaitingPolicy,
        retry: RetryPolicy, limits: StudyLimits, isShadow: Bool, research: [ResearchArchive] = [],
        clock: any WallClock, trail: AuditTrail,
        observed: @escaping @Sendable (ModelOutcome) -> Void = { _ in },
        committed: @escaping @Sendable () -> Void = {}, threads: (any TaskExecutor)? = nil
    ) {
        self.store = store
        self.ehr = ehr
        self.ehrDefaultAssigner = ehrDefaultAssigner
        self.destinations = destinations
        self.archives = archives
        self.assigners = assigners
        self.scratch = scratch
        self.models = models
        self.routing = routing
        self.decoder = decoder
        self.keys = keys
        self.waiting = waiting
        self.retry = retry
        self.limits = limits
        self.isShadow = isShadow
        self.research = research
        self.clock = clock
        self.trail = trail
        self.observed = observed
        self.committed = committed
        self.threads = threads
    }

    /// Runs what blocks its thread while a decoder works or hangs, on the threads that are there for it.
    func blocking<T: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> T
    ) async throws(Failure) -> T {
        guard let threads else { return try body() }
        // A child task: a preference alone moves nothing that does not suspend.
        let result = await withTaskGroup(of: Result<T, Failure>.self) { group in
            group.addTask(executorPreference: threads) {
                do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
            }
            return await group.next()
        }
        guard let result else { return try body() }
        return try result.get()
    }

    /// How long one run may take before another worker may start over.
    static let leaseDuration = Duration.seconds(900)
    /// A run is cancelled, and tried again, before its lease ends: two workers never run one order at a time, and a
    /// study that takes longer ends with a person instead of running for ever. A model looks at this between two
    /// images: what is left until the lease ends is time for one image.
    static let runLimit = Duration.seconds(780)

    /// Leases one due order and runs it; `false` when none is due.
    ///
    /// Throws only when the store itself fails: then nothing was changed and the lease runs out.
    public func runOne() async throws(AdapterError) -> Bool {
        guard let (order, lease) = try await store.leaseOrder(now: clock.now(), for: Self.leaseDuration) else {
            return false
        }
        do {
            let shadow = try await clock.limiting(Self.runLimit) { () async throws(AdapterError) in
                try await run(order, lease: lease)
            }
            if let shadow {
                committed()
                // No lease is held any more; the limit is for the orders that wait.
                try await clock.limiting(Self.runLimit) { () async throws(AdapterError) in await observe(shadow) }
            }
        } catch {
            // The order was changed by a message while it ran: that message decides, this run counts for nothing.
            guard error.category == .conflict else { throw error }
        }
        return true
    }

    /// What shadow models are still to look at, if anything.
    private func run(_ order: StoredOrder, lease: Lease) async throws(AdapterError) -> ShadowWork? {
        switch order.kind {
        case .order: return try await runOrder(order, lease: lease)
        case .notice: try await runNotice(order, lease: lease)
        case .tombstone: try await finish(order, lease: lease, event: .resolved)
        }
        return nil
    }

    private func runOrder(_ order: StoredOrder, lease: Lease) async throws(AdapterError) -> ShadowWork? {
        var order = order
        do {
            guard let imaging = order.content.order else {
                throw RunFailure(park: .fault, code: "workflow.orderEmpty")
            }
            let lineup: InstalledModels.Lineup
            switch models.lineup(for: imaging, routing: routing()) {
            case .success(let found): lineup = found
            case .failure(let reason):
                try await decline(order, reason, lease: lease)
                return nil
            }
            let scope = AuditScope(order: order)
            guard let located = try await locate(imaging, scope: scope) else {
                order.content.progress.forgetStudy()
                try await wait(order, imaging, until: nil, lease: lease)
                return nil
            }
            let settled = settling(located, progress: &order.content.progress)
            guard settled <= clock.now() else {
                try await wait(order, imaging, until: settled, lease: lease)
                return nil
            }
            guard let outcome = try await report(imaging, lineup, located: located, order: &order, scope: scope) else {
                order.content.progress.forgetStudy()
                try await wait(order, imaging, until: nil, lease: lease)
                return nil
            }
            order.content.progress = OrderProgress()
            guard let drafts = outcome.drafts else {
                try await decline(order, .shadowOnly, lease: lease)
                return outcome.shadow
            }
            order.content.exports = exports(of: imaging, located, reportedBy: order.content.reportedModel)
            try await finish(
                order, lease: lease, event: .composed, study: located.study.studyInstanceUID.value, outbox: drafts)
            if let answer = outcome.answer { observed(answer) }
            return outcome.shadow
        } catch let failure as RunFailure {
            try await fail(order, failure, lease: lease)
            if let outcome = failure.outcome { observed(outcome) }
        } catch let error as AdapterError {
            throw error
        } catch {
            try await fail(order, RunFailure(park: .fault, code: "workflow.unexpected"), lease: lease)
        }
        return nil
    }

    /// What one run made of an order.
    private struct RunOutcome: Sendable {
        /// For each destination; nil where no model answers, and so nothing is composed.
        let drafts: [OutboxDraft]?
        let answer: ModelOutcome?
        let shadow: ShadowWork?
    }

    /// Match, retrieve, match again, de-identify, classify, compose; `nil` when the archive lists no instance.
    private func report(
        _ imaging: ImagingOrder, _ lineup: InstalledModels.Lineup, located: LocatedStudy, order: inout StoredOrder,
        scope: AuditScope
    ) async throws(RunFailure) -> RunOutcome? {
        let scope = scope.study(located.study.studyInstanceUID)
        let indexed = try await match(
            imaging, formerPatient: order.content.formerPatient, located: located, scope: scope)
        guard let retrieved = try await retrieve(located, scope: scope) else { return nil }
        let matched = try await matchAgain(indexed, retrieved, located: located, scope: scope)
        let preparation = try await prepare(retrieved, of: order.id, matched.value, scope: scope)
        var shadow: ShadowWork?
        if case .ready(let input) = preparation, !lineup.shadows.isEmpty {
            shadow = ShadowWork(models: lineup.shadows, input: input, scope: scope)
        }
        guard let model = lineup.answering else {
            return RunOutcome(drafts: nil, answer: nil, shadow: shadow)
        }
        let analysis = try await analyse(preparation, by: model, scope: scope)
        let drafts = try await compose(matched, analysis, by: model, order: &order, scope: scope)
        return RunOutcome(drafts: drafts, answer: analysis.outcome, shadow: shadow)
    }
}
