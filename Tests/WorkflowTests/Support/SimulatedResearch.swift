import Audit
import DICOM
import Deidentification
import Sealing
import Synchronization

@testable import Workflow

/// A research archive in memory. Each store goes to the ledger.
final class SimulatedResearch: ResearchStore {
    typealias Hook = @Sendable () async throws(AdapterError) -> Void

    private struct State {
        var objects: [String: [UInt8]] = [:]
        var received = 0
        var error: AdapterError?
        var before: [Hook] = []
        var after: [Hook] = []
    }

    let name = "research"
    private let ledger: Ledger
    private let state = Mutex(State())

    init(ledger: Ledger) { self.ledger = ledger }

    /// Every request fails like this, unread; `nil` repairs it.
    func fail(_ error: AdapterError?) { state.withLock { $0.error = error } }

    /// One hook for each of the next requests: before it is read, and after, when the answer may get lost.
    func onStore(before: [Hook] = [], after: [Hook] = []) {
        state.withLock { state in
            state.before += before
            state.after += after
        }
    }

    /// What it holds, by SOP Instance UID.
    var objects: [String: [UInt8]] { state.withLock { $0.objects } }
    /// Objects that reached it, repeated ones too.
    var received: Int { state.withLock { $0.received } }

    func instances() throws -> [Instance] { try objects.values.map { try Instance(parsing: $0) } }

    func store(_ objects: [ExportObject], study: UID) async throws(AdapterError) -> StoreReceipt {
        ledger.access(.studyExport, by: "ResearchStore.store(_:study:)")
        if let hook = state.withLock({ $0.before.isEmpty ? nil : $0.before.removeFirst() }) { try await hook() }
        if let error = state.withLock({ $0.error }) { throw error }
        var receipt = StoreReceipt(objects: objects.count, requests: 1)
        let conflict: Bool = state.withLock { state in
            var conflict = false
            for object in objects {
                state.received += 1
                if let known = state.objects[object.sopInstanceUID.value] {
                    receipt.duplicates += 1
                    // The same UID for other bytes would be two objects under one name.
                    conflict = conflict || known != object.bytes
                }
                state.objects[object.sopInstanceUID.value] = object.bytes
            }
            return conflict
        }
        guard !conflict else { throw AdapterError(.fault, code: "simulated.otherObject") }
        if let hook = state.withLock({ $0.after.isEmpty ? nil : $0.after.removeFirst() }) { try await hook() }
        return receipt
    }

    static let profile = """
        version: 1
        name: research
        release: "1"
        summary: For tests.
        edition: 2024b
        options: [basic, retainPatientCharacteristics]
        textGate: risky
        pseudonyms: keyed
        """
}
