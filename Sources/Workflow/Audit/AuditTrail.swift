public import Audit
import FHIR
import Sealing

/// Makes the application's audit records and puts them around each access to patient data.
public struct AuditTrail: Sendable {
    private let store: any OrderStore
    private let clock: any WallClock
    private let principal: Principal

    public init(store: any OrderStore, clock: any WallClock, principal: Principal) {
        self.store = store
        self.clock = clock
        self.principal = principal
    }

    /// Commits the intent, runs `body`, commits the outcome.
    ///
    /// Fails closed: when the intent cannot be written, `body` does not run. When the outcome cannot be written, the
    /// step counts as failed.
    func around<T: Sendable>(
        _ event: AuditEventType, _ scope: AuditScope, _ body: () async throws(AdapterError) -> T
    ) async throws(AdapterError) -> T {
        let intent = try await store.record([record(event, scope, phase: .intent, accessClass: .treatment)])
        guard let index = intent.first else { throw AdapterError(.fault, code: "audit.noIndex") }
        let result: Result<T, AdapterError>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        // Exactly one outcome, and it tells what happened to the access, not to the log.
        let outcome: AuditRecord =
            switch result {
            case .success: record(event, scope, phase: .outcome(of: index), accessClass: .treatment)
            case .failure(let error):
                record(
                    event, scope, phase: .outcome(of: index), outcome: .seriousFailure, code: error.code,
                    accessClass: .treatment)
            }
        try await store.record([outcome])
        return try result.get()
    }

    /// The same around a step that waits for nobody.
    func around<T: Sendable, Failure: Error>(
        _ event: AuditEventType, _ scope: AuditScope, details: (T) -> [String: String],
        code: (Failure) -> String, _ body: () throws(Failure) -> T
    ) async throws(AdapterError) -> Result<T, Failure> {
        let intent = try await store.record([record(event, scope, phase: .intent, accessClass: .treatment)])
        guard let index = intent.first else { throw AdapterError(.fault, code: "audit.noIndex") }
        let result = Result<T, Failure>(catching: body)
        switch result {
        case .success(let value):
            try await store.record([
                record(event, scope, phase: .outcome(of: index), accessClass: .treatment, details: details(value))
            ])
        case .failure(let error):
            try await store.record([
                record(
                    event, scope, phase: .outcome(of: index), outcome: .seriousFailure, code: code(error),
                    accessClass: .treatment)
            ])
        }
        return result
    }

    func record(
        _ event: AuditEventType, _ scope: AuditScope, phase: Phase = .single, outcome: Outcome = .success,
        code: String? = nil, accessClass: AccessClass = .none, details: [String: String] = [:]
    ) -> AuditRecord {
        AuditRecord(
            event: event, time: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds), phase: phase,
            outcome: outcome, code: code, principal: principal, purpose: .treatment, accessClass: accessClass,
            correlation: scope.correlation, peer: scope.peer, subjects: scope.subjects, details: details)
    }
}

// MARK: - Single events

extension AuditTrail {
    /// - Parameter transition: What the message made of the order, if it made anything of it.
    func received(
        _ scope: AuditScope, source: String, state: OrderState, after transition: OrderTransition? = nil
    ) -> AuditRecord {
        var details = ["state": state.rawValue]
        if transition?.retracts == true { details["report"] = "retracted" }
        return record(
            state == .notApplicable ? .orderNotApplicable : .orderAccepted, scope.peer(source),
            accessClass: .operations, details: details)
    }

    func refused(source: String, code: String) -> AuditRecord {
        unbound(.listenerRefused, source: source, outcome: .minorFailure, code: code)
    }

    /// A message changed what is known of patients; `order` is the order it touched, if it touched one.
    func patientChanged(_ event: AuditEventType, _ scope: AuditScope, source: String, state: OrderState?) -> AuditRecord
    {
        record(
            event, scope.peer(source), accessClass: .operations,
            details: state.map { ["state": $0.rawValue] } ?? [:])
    }

    func notOurs(source: String, code: String) -> AuditRecord {
        unbound(.orderNotApplicable, source: source, code: code)
    }

    func replayed(source: String) -> AuditRecord {
        unbound(.orderAcknowledged, source: source, code: "replay")
    }

    func noticeReceived(_ scope: AuditScope, source: String) -> AuditRecord {
        record(.studyNotice, scope.peer(source), accessClass: .operations)
    }

    func noticeAdopted(_ scope: AuditScope) -> AuditRecord {
        record(.studyNotice, scope, details: ["step": "adopted"])
    }

    func stateChange(
        _ scope: AuditScope, from before: OrderState, to after: OrderState, code: String?
    ) -> AuditRecord {
        record(
            .orderState, scope, outcome: after == .parked ? .minorFailure : .success, code: code,
            details: ["from": before.rawValue, "to": after.rawValue])
    }

    func delivery(_ scope: AuditScope, state: OutboxEntry.State, code: String) -> AuditRecord {
        record(
            .orderState, scope, outcome: state == .delivered ? .success : .minorFailure, code: code,
            details: ["outbox": state.rawValue])
    }

    /// An event of a message that belongs to no order: it has a correlation of its own.
    private func unbound(
        _ event: AuditEventType, source: String, outcome: Outcome = .success, code: String
    ) -> AuditRecord {
        AuditRecord(
            event: event, time: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds), outcome: outcome,
            code: code, principal: principal, purpose: .operations, correlation: CorrelationID(value: randomUUID()),
            peer: Peer(name: source))
    }
}

/// Events of the program itself and of its operators.
extension AuditTrail {
    /// Start, stop, loaded files: nothing about a patient.
    public func service(_ event: AuditEventType, details: [String: String] = [:]) -> AuditRecord {
        AuditRecord(
            event: event, time: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds), principal: principal,
            purpose: .systemAdministration, correlation: CorrelationID(value: randomUUID()), details: details)
    }

    /// An operator's command on one order.
    public func operation(_ event: AuditEventType, on order: StoredOrder, code: String? = nil) -> AuditRecord {
        var record = record(event, AuditScope(order: order), code: code, accessClass: .operations)
        record.roles = [.operator]
        return record
    }

    /// An operator's or auditor's look at what belongs to `subjects`.
    public func reading(_ event: AuditEventType, role: Role, subjects: [Subject]) -> AuditRecord {
        AuditRecord(
            event: event, time: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds), principal: principal,
            roles: [role], purpose: .operations, accessClass: .operations,
            correlation: CorrelationID(value: randomUUID()), subjects: subjects)
    }
}
