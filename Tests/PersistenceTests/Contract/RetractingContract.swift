import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let retracting = [
        OrderStoreContract("A report that went out is withdrawn with a copy of what was sent, and once only") { store in
            let order = try await composed("1", by: store)
            try await deliver(by: store)
            for _ in 0..<2 { try await retract(order, by: store) }
            let leased = try await store.leaseOutboxEntry(now: time(30), for: .seconds(60))
            let (entry, lease) = try #require(leased)
            #expect(entry.kind == .withdrawal && entry.payload == Array("report of 1".utf8))
            #expect(entry.order == order.id && entry.destination == "ehr")
            try await store.finishOutboxEntry(
                entry, lease: lease, state: .delivered, nextAttempt: time(30), records: []
            ) { _, _ in nil }
            try await retract(order, by: store)
            #expect(try await store.leaseOutboxEntry(now: time(99), for: .seconds(60)) == nil)
        },
        OrderStoreContract("Where nothing went out nothing is withdrawn") { store in
            let order = try await composed("1", by: store)
            try await retract(order, by: store)
            #expect(try await store.counts().outbox == [.withdrawn: 1])
        },
        OrderStoreContract("A report that is leased while its order is retracted is withdrawn as soon as it arrived") {
            store in
            let order = try await composed("1", by: store)
            let leased = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            let (entry, lease) = try #require(leased)
            try await retract(order, by: store)
            #expect(try await store.counts().outbox == [.pending: 1])
            try await store.finishOutboxEntry(
                entry, lease: lease, state: .delivered, nextAttempt: time(20), records: []
            ) { _, _ in nil }
            let next = try await store.leaseOutboxEntry(now: time(20), for: .seconds(60))
            #expect(next?.0.kind == .withdrawal)
        },
        OrderStoreContract("A withdrawal goes before a report made anew that was queued first, and its end tells of it")
        {
            store in
            var order = try await composed("1", by: store)
            let due = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            let (sent, sending) = try #require(due)
            try await retract(order, by: store)
            order.state = .waiting
            order.nextAttempt = time(20)
            let again = order
            _ = try await store.update(order.id) { _ in (again, []) }
            let run = try await store.leaseOrder(now: time(20), for: .seconds(60))
            let (_, running) = try #require(run)
            order.state = .composed
            order.updated = time(21)
            try await store.finish(
                order, lease: running, study: nil,
                outbox: [OutboxDraft(destination: "ehr", payload: Array("anew".utf8), isHeld: false)], records: [])
            try await store.finishOutboxEntry(
                sent, lease: sending, state: .delivered, nextAttempt: time(22), records: []
            ) { current, isWithdrawn in
                var changed = current
                changed.state = isWithdrawn ? .composed : .parked
                return changed
            }
            #expect(try await store.order(order.id)?.state == .composed)
            for kind in [OutboxEntry.Kind.withdrawal, .report] {
                let due = try await store.leaseOutboxEntry(now: time(30), for: .seconds(60))
                let (entry, lease) = try #require(due)
                #expect(entry.kind == kind)
                try await store.finishOutboxEntry(
                    entry, lease: lease, state: .delivered, nextAttempt: time(30), records: []
                ) { _, _ in nil }
            }
        },
        OrderStoreContract("A withdrawal outlives its order's end and goes before the report that is made anew") {
            store in
            var order = try await composed("1", by: store)
            try await deliver(by: store)
            try await retract(order, by: store)
            order.state = .waiting
            order.nextAttempt = time(20)
            let again = order
            _ = try await store.update(order.id) { _ in (again, []) }
            let leased = try await store.leaseOrder(now: time(20), for: .seconds(60))
            let (_, lease) = try #require(leased)
            order.state = .composed
            order.updated = time(21)
            try await store.finish(
                order, lease: lease, study: nil,
                outbox: [OutboxDraft(destination: "ehr", payload: Array("anew".utf8), isHeld: false)], records: [])
            for kind in [OutboxEntry.Kind.withdrawal, .report] {
                let due = try await store.leaseOutboxEntry(now: time(30), for: .seconds(60))
                let (entry, lease) = try #require(due)
                #expect(entry.kind == kind)
                #expect(try await store.leaseOutboxEntry(now: time(30), for: .seconds(60)) == nil)
                try await store.finishOutboxEntry(
                    entry, lease: lease, state: .delivered, nextAttempt: time(30), records: []
                ) { _, _ in nil }
            }
            // What went out anew can be withdrawn as well.
            try await retract(order, by: store)
            let last = try await store.leaseOutboxEntry(now: time(40), for: .seconds(60))
            #expect(last?.0.kind == .withdrawal && last?.0.payload == Array("anew".utf8))
        },
    ]

    private static func deliver(by store: any OrderStore) async throws {
        let leased = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
        let (entry, lease) = try #require(leased)
        try await store.finishOutboxEntry(
            entry, lease: lease, state: .delivered, nextAttempt: time(0), records: []
        ) { _, _ in nil }
    }

    private static func retract(_ order: StoredOrder, by store: any OrderStore) async throws {
        _ = try await store.accept(intake(order, message(randomUUID(), at: 10))) { findings in
            guard var current = findings.orders.first else { return IntakeDecision() }
            current.state = .cancelled
            return IntakeDecision(
                orders: [current], withdrawn: [current.id], retractions: [current.id], records: [record(.orderState)])
        }
    }
}
