public import Audit
internal import FHIR
internal import JSON
internal import MerkleLog
public import OutboundHTTP
public import Workflow

/// An audit repository that takes FHIR AuditEvents (IHE ITI-20, RESTful ATNA feed).
///
/// Each AuditEvent has the hash of its leaf (RFC 9162) as id and is put under it, so that sent again it is stored once
/// and an auditor finds the leaf by it. A repository that gives ids itself (``Creation/post``) may store an event twice
/// when its answer was lost; the event names its leaf either way.
public struct FHIRAuditRepository: AuditRepository {
    /// How an AuditEvent is made.
    public enum Creation: String, Sendable, CaseIterable {
        /// PUT under our id.
        case put
        /// POST, as ITI-20 says.
        case post
    }

    private static let mediaType = "application/fhir+json"

    private let client: OutboundClient
    private let renderer: AuditEventRenderer
    private let creation: Creation

    /// The repository's configured name.
    public var name: String { client.name }

    /// A repository behind a client whose root is the FHIR base.
    public init(client: OutboundClient, renderer: AuditEventRenderer, creation: Creation = .put) {
        self.client = client
        self.renderer = renderer
        self.creation = creation
    }

    /// Sends one AuditEvent by itself and several in a Bundle of type batch; where the repository takes no such Bundle,
    /// one after the other.
    ///
    /// - Throws: what the client throws, but for an answer that refuses one record; `incorrect` `<name>.batch.malformed`.
    public func send(_ entries: [AuditEntry]) async throws(AdapterError) -> [AuditRefusal] {
        let events = entries.compactMap { entry in
            entry.record.map { FeedEvent(entry: entry, event: renderer.auditEvent(for: $0, index: entry.index)) }
        }
        guard events.count > 1 else { return try await one(events) }
        let answer: Answer
        do throws(AdapterError) {
            let body = Bundle(batch: events.map { entry(for: $0) }).json.serialized(.compact)
            answer = try await client.send(OutboundRequest(.post, .root, headers: Self.headers, body: body))
        } catch  where [.incorrect, .unsupported, .notFound].contains(error.category) {
            return try await one(events)
        }
        return try refusals(of: events, in: answer)
    }

    private static let headers = [
        (name: "Content-Type", value: mediaType), (name: "Accept", value: mediaType),
        (name: "Prefer", value: "return=minimal"),
    ]

    // MARK: - One by one

    private func one(_ events: [FeedEvent]) async throws(AdapterError) -> [AuditRefusal] {
        var refusals: [AuditRefusal] = []
        for event in events {
            let segments = [AuditEvent.resourceType] + (creation == .put ? [event.id] : [])
            guard let path = RequestPath(segments) else { throw AdapterError(.fault, code: "\(name).path") }
            let body = event.resource(creation).json.serialized(.compact)
            do throws(AdapterError) {
                let method = creation == .put ? OutboundRequest.Method.put : .post
                _ = try await client.send(OutboundRequest(method, path, headers: Self.headers, body: body))
            } catch  where error.category.refusesOneRecord {
                refusals.append(AuditRefusal(index: event.index, code: error.code))
            }
        }
        return refusals
    }

    // MARK: - In a batch

    private func entry(for event: FeedEvent) -> BundleEntry {
        let request =
            creation == .put
            ? BundleRequest.update(AuditEvent.resourceType, id: event.id)
            : BundleRequest(method: "POST", url: AuditEvent.resourceType)
        return BundleEntry(resource: Resource(event.resource(creation)), request: request)
    }

    /// Each entry has an answer of its own.
    private func refusals(of events: [FeedEvent], in answer: Answer) throws(AdapterError) -> [AuditRefusal] {
        let bundle = (try? JSONValue(parsing: answer.body)).flatMap { try? Bundle($0) }
        guard let bundle, bundle.type == "batch-response", bundle.entries.count == events.count else {
            throw AdapterError(.incorrect, code: "\(name).batch.malformed")
        }
        var refusals: [AuditRefusal] = []
        for (event, entry) in zip(events, bundle.entries) {
            guard let status = entry.response?.statusCode else {
                throw AdapterError(.incorrect, code: "\(name).batch.malformed")
            }
            guard !(200..<300).contains(status) else { continue }
            let category = ErrorCategory(status: status)
            guard category.refusesOneRecord else { throw AdapterError(category, code: "\(name).batch.\(status)") }
            refusals.append(AuditRefusal(index: event.index, code: "\(name).http.\(status)"))
        }
        return refusals
    }
}

/// One AuditEvent on its way.
private struct FeedEvent {
    let index: UInt64
    let id: String
    private let event: AuditEvent

    init(entry: AuditEntry, event: AuditEvent) {
        index = entry.index
        id = MerkleHash.leaf(entry.leaf).hex
        self.event = event
    }

    /// With the id where the repository takes ours.
    func resource(_ creation: FHIRAuditRepository.Creation) -> AuditEvent {
        var event = event
        if creation == .put { event.elements["id"] = .string(id) }
        return event
    }
}

extension Bundle {
    /// A batch of the given entries, each on its own.
    fileprivate init(batch entries: [BundleEntry]) { self.init(elements: ["type": "batch", "entry": entries]) }
}

extension ErrorCategory {
    /// Whether such an answer is about what was sent rather than about the repository.
    fileprivate var refusesOneRecord: Bool {
        switch self {
        case .incorrect, .conflict: true
        case .busy, .unavailable, .interrupted, .unsupported, .forbidden, .notFound, .fault: false
        }
    }
}
