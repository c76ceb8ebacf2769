import Audit
import DICOM
import FHIR
import JSON
public import Mapping
import Sealing

/// What becomes of a notification of an ImagingStudy.
public enum StudyNoticeReply: Sendable, Equatable {
    case accepted
    /// A stable code and where in the resource.
    case invalid(code: String, expression: String?)
}

/// Takes ImagingStudy resources that an EHR's subscription delivers: a hint that wakes the order it belongs to.
///
/// What it says is never used as it is: the worker reads EHR and archive again. A study without a known order is kept
/// as a notice.
public struct StudyNoticeIntake: Sendable {
    let store: any OrderStore
    let assigners: AssignerDirectory
    let ehrDefaultAssigner: Assigner?
    let clock: any WallClock
    let trail: AuditTrail
    let source: String
    let refusals: (any RefusalGathering)?

    public init(
        store: any OrderStore, assigners: AssignerDirectory, ehrDefaultAssigner: Assigner?, clock: any WallClock,
        trail: AuditTrail, source: String = "fhir", refusals: (any RefusalGathering)? = nil
    ) {
        self.store = store
        self.assigners = assigners
        self.ehrDefaultAssigner = ehrDefaultAssigner
        self.clock = clock
        self.trail = trail
        self.source = source
        self.refusals = refusals
    }

    /// Receives one resource; `id` is the one in the URL of a PUT. Throws only when nothing could be stored.
    public func receive(
        body: [UInt8], id: String?, from sender: MessageSenderIdentity? = nil
    ) async throws(AdapterError) -> StudyNoticeReply {
        let now = clock.now()
        let message = ReceivedMessage(bytes: body, source: source, deduplicationKey: nil, received: now)
        let facts = MessageFacts(source: source, role: .imageManager, sender: sender, message: message)
        let study: ImagingStudy
        do {
            study = try ImagingStudy(try JSONValue(parsing: body))
        } catch let error as JSONError {
            return try await refuse(message, facts, code: "fhir.json.\(error.code.rawValue)", expression: nil)
        } catch {
            return try await refuse(message, facts, code: "fhir.notAnImagingStudy", expression: "ImagingStudy")
        }
        guard let name = study.id ?? id, id == nil || study.id == nil || id == study.id, isValidID(name) else {
            return try await refuse(message, facts, code: "fhir.idInvalid", expression: "ImagingStudy.id")
        }
        let notice: StudyNotice
        do {
            notice = try StudyNotice(study, assigners: assigners, defaultAssigner: ehrDefaultAssigner)
        } catch {
            return try await refuse(
                message, facts, code: "fhir.studyInstanceUIDMissing", expression: "ImagingStudy.identifier")
        }
        let uid = notice.studyInstanceUID.value
        let announced = Announcement(imagingStudyID: name, digest: message.digest.hex)
        let intake = Intake(message: message, keys: notice.keys, studies: [uid])
        _ = try await store.accept(intake) { findings in
            decide(findings, announced, facts, uid: uid, keys: notice.keys, now: now)
        }
        return .accepted
    }

    private func refuse(
        _ message: ReceivedMessage, _ facts: MessageFacts, code: String, expression: String?
    ) async throws(AdapterError) -> StudyNoticeReply {
        if let refusals, await !refusals.keeps(refusalOf: source, from: facts.peer.address, code: code) {
            return .invalid(code: code, expression: expression)
        }
        try await store.keep(message, records: [trail.refused(facts, code: code)])
        return .invalid(code: code, expression: expression)
    }

    private func decide(
        _ findings: IntakeFindings, _ announced: Announcement, _ facts: MessageFacts, uid: String, keys: [OrderKey],
        now: Timestamp
    ) -> IntakeDecision {
        let known = findings.orders
        let orders = known.filter { $0.kind == .order }
        if !orders.isEmpty { return wake(orders, announced, facts, now: now) }
        if let notice = known.first(where: { $0.kind == .notice }) {
            return wake([notice], announced, facts, now: now)
        }
        // The order was cancelled before it came: its images are recorded only.
        if let tombstone = known.first {
            let record = trail.noticeReceived(AuditScope(order: tombstone), facts, state: tombstone.state)
            return IntakeDecision(records: [record])
        }
        let study = [Subject(type: .study, identifier: uid)]
        let notice = StoredOrder(
            id: OrderID(randomUUID()), kind: .notice, state: .waiting, nextAttempt: now, created: now, updated: now,
            content: OrderContent(
                order: nil, correlation: CorrelationID(value: randomUUID()),
                imagingStudyID: announced.imagingStudyID, announcement: announced.digest))
        return IntakeDecision(
            orders: [notice], additionalKeys: [notice.id: keys], studies: [notice.id: [uid]],
            records: [trail.noticeReceived(AuditScope(order: notice).naming(study), facts, state: notice.state)])
    }

    /// What an EHR says twice in the same words is no news to an order whose report is made already.
    private func wake(
        _ orders: [StoredOrder], _ announced: Announcement, _ facts: MessageFacts, now: Timestamp
    ) -> IntakeDecision {
        var decision = IntakeDecision()
        for order in orders {
            var woken = order
            let isRepeated = order.content.announcement == announced.digest
            let isMade = order.state == .composed || order.state == .delivered
            let transition = isRepeated && isMade ? nil : woken.apply(.studyAnnounced, now: now)
            woken.content.imagingStudyID = announced.imagingStudyID
            woken.content.announcement = announced.digest
            if transition != nil || woken.content != order.content && order.state != .cancelled {
                woken.updated = now
                decision.orders.append(woken)
            }
            if transition?.withdraws == true { decision.withdrawn.append(woken.id) }
            decision.records.append(trail.noticeReceived(AuditScope(order: woken), facts, state: woken.state))
        }
        return decision
    }
}

/// What was announced: the resource's logical id, and what tells one version of it from another.
private struct Announcement: Sendable {
    let imagingStudyID: String
    let digest: String
}
