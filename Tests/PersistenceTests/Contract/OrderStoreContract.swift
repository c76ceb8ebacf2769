import Audit
import Mapping
import Sealing
import Synchronization
import Testing
import Workflow

/// What every `OrderStore` promises; each check gets a store that is empty. A further implementation runs the same.
struct OrderStoreContract: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let run: @Sendable (any OrderStore) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (any OrderStore) async throws -> Void) {
        testDescription = name
        self.run = run
    }

    static let all = accepting + finding + leasing + delivering + retracting + replying + operating

    /// Expects an error of a category and that nothing was appended to the log.
    static func refused(
        _ category: ErrorCategory, by store: any OrderStore, _ body: () async throws(AdapterError) -> Void
    ) async throws {
        let before = try await store.counts().leaves
        do throws(AdapterError) {
            try await body()
            Issue.record("expected \(category)")
        } catch {
            #expect(error.category == category)
        }
        #expect(try await store.counts().leaves == before)
    }

    /// What the store finds for an intake. The decision is asked for again where the first one, made before anything
    /// was looked up, does not hold: the last findings are the store's.
    static func findings(_ intake: Intake, by store: any OrderStore) async throws -> IntakeFindings {
        let last = Last()
        _ = try await store.accept(intake) { findings in
            last.findings.withLock { $0 = findings }
            return IntakeDecision()
        }
        return try #require(last.findings.withLock { $0 })
    }

    private final class Last: Sendable {
        let findings = Mutex<IntakeFindings?>(nil)
    }

    @discardableResult
    static func accept(
        _ order: StoredOrder, by store: any OrderStore, study: String? = nil, at seconds: Int64 = 0
    ) async throws -> IntakeDecision {
        try await store.accept(intake(order, message(order.id.value, at: seconds), study: study)) { _ in
            IntakeDecision(
                orders: [order], studies: study.map { [order.id: [$0]] } ?? [:], records: [record()],
                reply: Array("AA".utf8), isReplayable: true)
        }
    }

    /// Accepts an order, leases it and composes it.
    static func composed(
        _ name: String, by store: any OrderStore, at seconds: Int64 = 0, isHeld: Bool = false
    ) async throws -> StoredOrder {
        var order = storedOrder(name, at: seconds)
        try await accept(order, by: store, at: seconds)
        let leased = try await store.leaseOrder(now: time(seconds), for: .seconds(60))
        let (due, lease) = try #require(leased)
        try #require(due.id == order.id, "nothing else may be due")
        order.state = .composed
        order.updated = time(seconds)
        try await store.finish(
            order, lease: lease, study: Planted.study,
            outbox: [OutboxDraft(destination: "ehr", payload: Array("report of \(name)".utf8), isHeld: isHeld)],
            records: [record(.reportCompose)])
        return order
    }
}
