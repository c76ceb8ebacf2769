public import Audit
import FHIR
import Sealing

/// Makes the application's audit records and puts them around each access to patient data.
///
/// A trail speaks for one principal in given roles: the service at its work, or a person at the command line. What a
/// peer's message does is recorded in the peer's name (``MessageFacts``).
public struct AuditTrail: Sendable {
    private let store: any OrderStore
    private let clock: any WallClock
    private let principal: Principal
    /// In which parts the principal acts.
    public let roles: [Role]
    private let givenPurpose: PurposeOfUse?
    private let session: CorrelationID?

    /// The service at its work: records about orders have the purpose of treatment and the order's correlation.
    public init(store: any OrderStore, clock: any WallClock, principal: Principal) {
        self.init(
            store: store, clock: clock, principal: principal, roles: [.application], purpose: nil, session: nil)
    }

    /// A person's command: all its records have these roles and this purpose, and those that belong to no order have
    /// one correlation.
    public init(
        store: any OrderStore, clock: any WallClock, principal: Principal, roles: [Role], purpose: PurposeOfUse
    ) {
        self.init(
            store: store, clock: clock, principal: principal, roles: roles, purpose: purpose,
            session: CorrelationID(value: randomUUID()))
    }

    private init(
        store: any OrderStore, clock: any WallClock, principal: Principal, roles: [Role], purpose: PurposeOfUse?,
        session: CorrelationID?
    ) {
        self.store = store
        self.clock = clock
        self.principal = principal
        self.roles = roles
        givenPurpose = purpose
        self.session = session
    }

    /// Why the principal acts, where that is not the single record's matter.
    public var purpose: PurposeOfUse { givenPurpose ?? .treatment }

    // MARK: - Around an access

    /// Commits the intent, runs `body`, commits the outcome with what `facts` says of the result.
    ///
    /// Fails closed: when the intent cannot be written, `body` does not run. When the outcome cannot be written, the
    /// step counts as failed.
    public func around<T: Sendable>(
        _ event: AuditEventType, _ scope: AuditScope, intent details: AuditDetails = [:],
        facts: (T) -> AccessFacts = { _ in AccessFacts() }, _ body: () async throws(AdapterError) -> T
    ) async throws(AdapterError) -> T {
        let index = try await announce(event, scope, details)
        let start = ContinuousClock.now
        let result: Result<T, AdapterError>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        // Exactly one outcome, and it tells what happened to the access, not to the log.
        try await conclude(event, scope, of: index, after: start, result, facts: facts, code: \.code)
        return try result.get()
    }

    /// The same around a step of our own, whose failure is the caller's to explain.
    func around<T: Sendable, Failure: Error>(
        _ event: AuditEventType, _ scope: AuditScope, intent details: AuditDetails = [:],
        facts: (T) -> AccessFacts, code: (Failure) -> String, _ body: () async throws(Failure) -> T
    ) async throws(AdapterError) -> Result<T, Failure> {
        let index = try await announce(event, scope, details)
        let start = ContinuousClock.now
        let result: Result<T, Failure>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await conclude(event, scope, of: index, after: start, result, facts: facts, code: code)
        return result
    }

    private func announce(
        _ event: AuditEventType, _ scope: AuditScope, _ details: AuditDetails
    ) async throws(AdapterError) -> UInt64 {
        let intent = record(event, scope, phase: .intent, accessClass: scope.accessClass, details: details)
        guard let index = try await store.record([intent]).first else {
            throw AdapterError(.fault, code: "audit.noIndex")
        }
        return index
    }

    private func conclude<T, Failure: Error>(
        _ event: AuditEventType, _ scope: AuditScope, of index: UInt64, after start: ContinuousClock.Instant,
        _ result: Result<T, Failure>, facts: (T) -> AccessFacts, code: (Failure) -> String
    ) async throws(AdapterError) {
        let duration: AuditDetails = [.duration: .milliseconds(ContinuousClock.now - start)]
        let outcome: AuditRecord
        switch result {
        case .success(let value):
            let facts = facts(value)
            outcome = record(
                event, scope.naming(facts.subjects), phase: .outcome(of: index),
                outcome: facts.code == nil ? .success : .minorFailure, code: facts.code,
                accessClass: scope.accessClass, details: facts.details.merging(duration))
        case .failure(let error):
            outcome = record(
                event, scope, phase: .outcome(of: index), outcome: .seriousFailure, code: code(error),
                accessClass: scope.accessClass, details: duration)
        }
        try await store.record([outcome])
    }

    // MARK: - Records

    func record(
        _ event: AuditEventType, _ scope: AuditScope, phase: Phase = .single, outcome: Outcome = .success,
        code: String? = nil, accessClass: AccessClass = .none, details: AuditDetails = [:]
    ) -> AuditRecord {
        AuditRecord(
            event: event, time: time, phase: phase, outcome: outcome, code: code, principal: principal, roles: roles,
            purpose: givenPurpose ?? scope.purpose, accessClass: accessClass, correlation: scope.correlation,
            peer: scope.peer, subjects: scope.subjects, details: details.texts)
    }

    /// What a peer's message did, in the peer's name.
    func record(
        _ event: AuditEventType, _ scope: AuditScope, by message: MessageFacts, outcome: Outcome = .success,
        code: String? = nil, details: AuditDetails = [:]
    ) -> AuditRecord {
        AuditRecord(
            event: event, time: time, outcome: outcome, code: code, principal: message.principal,
            roles: message.roles, purpose: .treatment, accessClass: .operations, correlation: scope.correlation,
            peer: message.peer, subjects: scope.subjects, details: details.merging(message.details).texts)
    }

    /// Start, stop, loaded files, and what a person does that is about nobody: nothing about a patient.
    public func service(
        _ event: AuditEventType, outcome: Outcome = .success, code: String? = nil, details: AuditDetails = [:]
    ) -> AuditRecord {
        AuditRecord(
            event: event, time: time, outcome: outcome, code: code, principal: principal, roles: roles,
            purpose: givenPurpose ?? .systemAdministration,
            correlation: session ?? CorrelationID(value: randomUUID()), details: details.texts)
    }

    /// An operator's or auditor's look at what belongs to `subjects`.
    public func reading(
        _ event: AuditEventType, role: Role, subjects: [Subject], details: AuditDetails = [:]
    ) -> AuditRecord {
        var record = service(event, details: details)
        record.roles = roles == [.application] ? [role] : roles
        record.purpose = givenPurpose ?? .operations
        record.accessClass = .operations
        record.subjects = subjects
        return record
    }

    private var time: FHIRInstant { FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds) }
}

/// What the outcome of an access tells beside its result.
public struct AccessFacts: Sendable {
    /// Counts, codes and digests.
    public var details: AuditDetails
    /// What the access found or made that was not known before, such as a report's id at the EHR.
    public var subjects: [Subject]
    /// A stable code where the access itself succeeded and its result is no good.
    public var code: String?

    public init(_ details: AuditDetails = [:], subjects: [Subject] = [], code: String? = nil) {
        self.details = details
        self.subjects = subjects
        self.code = code
    }
}
