import Audit
import Synchronization

/// Watches from outside that patient data is touched only while a committed intent for just that is open.
final class Ledger: Sendable {
    private struct State {
        var open: [UInt64: AuditEventType] = [:]
        var accesses: [AuditEventType: Int] = [:]
        var methods: [String: Set<AuditEventType>] = [:]
        var violations: [String] = []
    }

    private let state = Mutex(State())

    func committed(_ records: [AuditRecord], _ indexes: [UInt64]) {
        state.withLock { state in
            for (record, index) in zip(records, indexes) {
                switch record.phase {
                case .intent: state.open[index] = record.event
                case .outcome(let intent): state.open[intent] = nil
                case .single: break
                }
            }
        }
    }

    /// Called by the simulated peers at each access.
    ///
    /// - Parameter method: The method of the seam, such as `EHR.patients(identifier:)`.
    func access(_ event: AuditEventType, by method: String) {
        state.withLock { state in
            state.accesses[event, default: 0] += 1
            state.methods[method, default: []].formUnion(state.open.values)
            if !state.open.values.contains(event) { state.violations.append("\(method): \(event.rawValue)") }
        }
    }

    /// Accesses without an open intent.
    var violations: [String] { state.withLock { $0.violations } }

    func accesses(_ event: AuditEventType) -> Int { state.withLock { $0.accesses[event] ?? 0 } }

    var accessCount: Int { state.withLock { $0.accesses.values.reduce(0, +) } }

    /// The events whose intents were open when the method was called; nil where it never was.
    func events(of method: String) -> Set<AuditEventType>? { state.withLock { $0.methods[method] } }
}
