import Audit
import Synchronization

/// Remembers the records that a store was asked to write.
final class Refused: Sendable {
    private let state = Mutex<[String]>([])

    func look(_ record: AuditRecord) -> Bool {
        state.withLock { $0.append("\(record.phase.name) \(record.code ?? "-")") }
        return false
    }

    func forget() { state.withLock { $0 = [] } }

    var seen: [String] { state.withLock { $0 } }
}
