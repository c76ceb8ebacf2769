import Audit
import HL7v2
import Synchronization
import Workflow

/// A receiver of HL7 v2 results in memory. Each message goes to the ledger.
final class SimulatedReceiver: ResultDestination {
    typealias Hook = @Sendable () async throws(AdapterError) -> Void

    private struct State {
        var messages: [[UInt8]] = []
        var error: AdapterError?
        var before: [Hook] = []
        var after: [Hook] = []
    }

    let name: String
    private let ledger: Ledger?
    private let state = Mutex(State())

    /// - Parameter ledger: `nil` for messages that are about no patient.
    init(name: String, ledger: Ledger?) {
        self.name = name
        self.ledger = ledger
    }

    /// Every message fails like this, unread; `nil` repairs it.
    func fail(_ error: AdapterError?) { state.withLock { $0.error = error } }

    /// One hook for each of the next messages: before it is read, and after, when the answer may get lost.
    func onSend(before: [Hook] = [], after: [Hook] = []) {
        state.withLock { state in
            state.before += before
            state.after += after
        }
    }

    /// What arrived, in order.
    var messages: [[UInt8]] { state.withLock { $0.messages } }

    func values(_ path: String) throws -> [String] {
        let path = try FieldPath(parsing: path)
        return try messages.map { try Message(parsing: $0).value(at: path) ?? "" }
    }

    func send(_ message: [UInt8], controlID: [UInt8]) async throws(AdapterError) {
        let isWithdrawal = String(decoding: message, as: UTF8.self).contains("entered in error")
        ledger?.access(isWithdrawal ? .reportWithdraw : .resultSend, by: "ResultDestination.send(_:controlID:)")
        if let hook = state.withLock({ $0.before.isEmpty ? nil : $0.before.removeFirst() }) { try await hook() }
        if let error = state.withLock({ $0.error }) { throw error }
        let header = try? MessageHeader(parsing: message)
        guard let header, Array(header.messageControlID) == controlID else {
            throw AdapterError(.incorrect, code: "simulated.controlID")
        }
        state.withLock { $0.messages.append(message) }
        if let hook = state.withLock({ $0.after.isEmpty ? nil : $0.after.removeFirst() }) { try await hook() }
    }
}
