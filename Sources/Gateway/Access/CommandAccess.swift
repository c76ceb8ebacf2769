public import Audit
import Logging
public import Workflow

/// Leave to use a command on an installation: who uses it, in which part, and why. Its `trail` makes all records of the
/// command, so that every leaf carries them.
public struct CommandAccess: Sendable {
    /// The person at the command line.
    public let principal: Principal
    /// The parts in which they act.
    public let roles: [Role]
    /// Operations, or `BTG` in an emergency.
    public let purpose: PurposeOfUse
    /// What was overridden with, if anything was.
    public let emergency: Emergency?
    /// Makes records in this person's name, with these roles and this purpose.
    public let trail: AuditTrail
    private let store: any OrderStore

    /// Lets the person at the command line in, or records that they were refused.
    ///
    /// With an emergency the list of accounts is overridden: that is recorded before anything is read, and told as a
    /// critical line on standard error. Prefer `Installation.withAccess`, which records the end of the emergency too.
    ///
    /// - Throws: `AccessError` with `access.refused`; `AdapterError` when the record cannot be written: nobody is let
    ///   in then.
    public static func authorize(
        _ role: Role, store: any OrderStore, clock: any WallClock, policy: AccessPolicy, emergency: Emergency? = nil,
        principal: Principal = OperatorPrincipal.current
    ) async throws -> CommandAccess {
        let trail = AuditTrail(
            store: store, clock: clock, principal: principal, roles: [role],
            purpose: emergency == nil ? .operations : .breakTheGlass)
        let access = CommandAccess(
            principal: principal, roles: [role], purpose: trail.purpose, emergency: emergency, trail: trail,
            store: store)
        if emergency != nil {
            try await access.record(.emergencyStart)
            access.alarm()
        } else if !policy.permits(role, to: principal.name) {
            try await store.record([trail.accessRefused(role: role, code: "access.refused")])
            throw AccessError(
                code: "access.refused",
                explanation: "this account is not among access.\(role.value)s; the refusal is recorded")
        }
        return access
    }

    /// Writes records of the command; what they announce may happen only once this returns.
    public func record(_ records: [AuditRecord]) async throws(AdapterError) { try await store.record(records) }

    /// Records the end of an emergency; nothing without one.
    public func end() async throws(AdapterError) {
        if emergency != nil { try await record(.emergencyStop) }
    }

    private func record(_ event: AuditEventType) async throws(AdapterError) {
        var details: AuditDetails = [.emergency: .code(emergency?.reason.rawValue ?? "")]
        details.set(.ticket, emergency?.ticket.map { .identifier($0.utf8) })
        try await store.record([trail.service(event, details: details)])
    }

    /// For whoever watches standard error or the journal; `serve` raises its own alarm when it meets the leaf.
    private func alarm() {
        var logger = Logger(label: "imaging-gateway") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        logger.critical(
            "emergency access: the ordinary rules of access are overridden",
            metadata: [
                "code": "access.emergency", "principal": "\(principal.name)",
                "reason": "\(emergency?.reason.rawValue ?? "")", "ticket": "\(emergency?.ticket ?? "-")",
            ])
    }
}

extension Installation {
    /// Runs a command's work with leave: refuses and records, or records the emergency's beginning and end around it.
    ///
    /// - Throws: `AccessError`, `AdapterError`, and what `body` throws.
    public func withAccess<Value>(
        _ role: Role, _ configuration: Configuration, emergency: Emergency? = nil,
        _ body: (CommandAccess) async throws -> Value
    ) async throws -> Value {
        let access = try await CommandAccess.authorize(
            role, store: store, clock: SystemClock(), policy: AccessPolicy(configuration.access), emergency: emergency)
        let result: Result<Value, any Error>
        do { result = .success(try await body(access)) } catch { result = .failure(error) }
        try await access.end()
        return try result.get()
    }
}
