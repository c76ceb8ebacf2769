import Audit
import DICOM
import Synchronization
import Workflow

/// An archive in memory. Each access is reported to the ledger.
final class SimulatedArchive: StudySource {
    struct Holding: Sendable {
        var reference: StudyReference
        var instances: [(reference: InstanceReference, bytes: [UInt8])]
    }

    private struct State {
        var holdings: [UID: Holding] = [:]
        var error: AdapterError?
        var isTruncating = false
        var onRetrieve: (@Sendable () async throws(AdapterError) -> Void)?
    }

    let name = "pacs"
    private let ledger: Ledger
    private let state = Mutex(State())

    init(ledger: Ledger) { self.ledger = ledger }

    func hold(_ holding: Holding) {
        state.withLock { $0.holdings[holding.reference.studyInstanceUID] = holding }
    }

    func forget(_ study: UID) { state.withLock { $0.holdings[study] = nil } }

    /// Every access fails like this; `nil` repairs it.
    func fail(_ error: AdapterError?) { state.withLock { $0.error = error } }

    /// The next retrievals end after half of the bytes.
    func truncate(_ isTruncating: Bool) { state.withLock { $0.isTruncating = isTruncating } }

    /// Runs once inside the next retrieval.
    func onNextRetrieve(_ body: @escaping @Sendable () async throws(AdapterError) -> Void) {
        state.withLock { $0.onRetrieve = body }
    }

    private func access(_ event: AuditEventType, by method: String = #function) throws(AdapterError) -> State {
        ledger.access(event, by: "StudySource.\(method)")
        let state = state.withLock { $0 }
        if let error = state.error { throw error }
        return state
    }

    func studies(studyInstanceUID: UID) async throws(AdapterError) -> [StudyReference] {
        try access(.studyQuery).holdings[studyInstanceUID].map { [$0.reference] } ?? []
    }

    func studies(accessionNumber: String) async throws(AdapterError) -> [StudyReference] {
        try access(.studyQuery).holdings.values.map(\.reference).filter { $0.accessionNumber == accessionNumber }
    }

    func instances(of study: UID) async throws(AdapterError) -> [InstanceReference] {
        try access(.studyQuery).holdings[study]?.instances.map(\.reference) ?? []
    }

    func retrieve(
        _ instance: InstanceReference, of study: UID, into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
    ) async throws(AdapterError) {
        let current = try access(.studyRetrieve)
        if let body = state.withLock({ $0.onRetrieve.take() }) { try await body() }
        let held = current.holdings[study]?.instances.first { $0.reference.sopInstanceUID == instance.sopInstanceUID }
        guard let bytes = held?.bytes else { throw AdapterError(.notFound, code: "simulated.notFound") }
        let half = bytes.count / 2
        try await sink(bytes[..<half])
        if current.isTruncating { throw AdapterError(.interrupted, code: "simulated.truncated") }
        try await sink(bytes[half...])
    }
}
