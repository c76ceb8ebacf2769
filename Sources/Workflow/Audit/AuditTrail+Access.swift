public import Audit

/// Who was not let in.
extension AuditTrail {
    /// Somebody asked for what their role does not allow.
    public func accessRefused(role: Role, code: String, details: AuditDetails = [:]) -> AuditRecord {
        var record = service(
            .accessRefused, outcome: .minorFailure, code: code,
            details: details.merging([.role: .code(role.value)]))
        record.roles = []
        return record
    }

    /// Somebody who did not show who they are was refused at a listener: a handshake, a secret, a limit.
    ///
    /// - Parameters:
    ///   - listener: the listener's place in the configuration.
    ///   - count: how many of the same kind the record stands for.
    public func connectionRefused(
        listener: String, address: String, code: String, count: Int, reason: String?
    ) -> AuditRecord {
        var record = service(
            .connectionRefused, outcome: .minorFailure, code: code,
            details: [
                .listener: .configured(listener), .count: .count(count), .reason: reason.map { .code($0) },
            ])
        record.principal = .unknownPeer
        record.roles = []
        record.peer = Peer(name: listener, address: address)
        return record
    }
}
