import Audit
import Gateway
import Mapping
import Persistence
import Sandbox
import Workflow

/// What a demonstration looks up in the gateway's own store and log: orders by the accession number that the pretend
/// hospital gave them. On a real installation the way there is `orders show`, which leaves a record.
struct DemoInstallation {
    private let installation: Installation

    /// Opens the data folder that a running `serve` has made.
    init(configuration path: String) throws {
        installation = try Installation(try Configuration.load(path: path))
    }

    /// What became of an order.
    func fate(ofAccession accession: String) async throws -> OrderFate? {
        try await order(accession: accession).map { order in
            OrderFate(state: order.state.rawValue, reason: order.content.parking?.reason.rawValue)
        }
    }

    func order(accession: String) async throws -> StoredOrder? {
        try await installation.store.orders(OrderFilter(states: [], limit: 1_000)).first { order in
            (order.content.order?.identity.keys ?? []).contains {
                $0.kind == .accession && $0.identifier.value == accession
            }
        }
    }

    /// The order's life, from the audit log; that it was read is recorded first, as always.
    func timeline(of order: StoredOrder) async throws -> OrderTimeline {
        let subject = Subject(type: .order, identifier: order.id.value)
        let trail = installation.trail(principal: Installation.operatingSystemUser)
        return OrderTimeline(
            try await installation.store.auditEntries(
                AuditQuery(subject: subject, limit: 1_000),
                reading: [trail.reading(.auditRead, role: .auditor, subjects: [subject])]))
    }
}
