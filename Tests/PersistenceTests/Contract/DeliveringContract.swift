import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let delivering = [
        OrderStoreContract("An entry is delivered once, and the order changes in the same commit") { store in
            let order = try await composed("1", by: store)
            let leased = try await store.leaseOutboxEntry(now: time(1), for: .seconds(60))
            let (entry, lease) = try #require(leased)
            #expect(entry.payload == Array("report of 1".utf8) && entry.order == order.id)
            #expect(entry.attempts == 0 && entry.firstAttempt == time(1))
            #expect(try await store.leaseOutboxEntry(now: time(1), for: .seconds(60)) == nil)
            try await store.finishOutboxEntry(
                entry, lease: lease, state: .delivered, nextAttempt: time(1), records: [record(.orderState)]
            ) { current, _ in
                var changed = current
                changed.state = .delivered
                return changed
            }
            #expect(try await store.order(order.id)?.state == .delivered)
            #expect(try await store.counts().outbox == [.delivered: 1])
            #expect(try await store.leaseOutboxEntry(now: time(999), for: .seconds(60)) == nil)
        },
        OrderStoreContract("A failed attempt is tried again when due, with its count and its first time") { store in
            _ = try await composed("1", by: store)
            for attempt in 0..<3 {
                let now = Int64(attempt * 100)
                let leased = try await store.leaseOutboxEntry(now: time(now), for: .seconds(60))
                let (entry, lease) = try #require(leased)
                #expect(entry.attempts == attempt && entry.firstAttempt == time(0))
                try await store.finishOutboxEntry(
                    entry, lease: lease, state: .pending, nextAttempt: time(now + 100), records: []
                ) { _, _ in nil }
                #expect(try await store.leaseOutboxEntry(now: time(now + 99), for: .seconds(60)) == nil)
            }
        },
        OrderStoreContract("A deliverer whose lease ran out cannot commit") { store in
            _ = try await composed("1", by: store)
            let first = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            let second = try await store.leaseOutboxEntry(now: time(60), for: .seconds(60))
            let (entry, old) = try #require(first)
            let (_, new) = try #require(second)
            #expect(new.fence > old.fence)
            try await refused(.conflict, by: store) { () async throws(AdapterError) in
                try await store.finishOutboxEntry(
                    entry, lease: old, state: .delivered, nextAttempt: time(0), records: [record()]
                ) { _, _ in nil }
            }
            try await store.finishOutboxEntry(
                entry, lease: new, state: .delivered, nextAttempt: time(0), records: [record()]
            ) { _, _ in nil }
        },
        OrderStoreContract("An entry that is not sent is replaced by a newer one") { store in
            let order = try await composed("1", by: store)
            try await recompose(order, by: store, payload: "second")
            let leased = try await store.leaseOutboxEntry(now: time(99), for: .seconds(60))
            #expect(leased?.0.payload == Array("second".utf8))
            #expect(try await store.counts().outbox == [.pending: 1, .withdrawn: 1])
        },
        OrderStoreContract("While an entry is under way, a newer one of the same order and destination waits") {
            store in
            let order = try await composed("1", by: store)
            let first = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            let (entry, lease) = try #require(first)
            try await recompose(order, by: store, payload: "second")
            #expect(try await store.leaseOutboxEntry(now: time(50), for: .seconds(60)) == nil)
            try await store.finishOutboxEntry(
                entry, lease: lease, state: .delivered, nextAttempt: time(50), records: []
            ) { _, _ in nil }
            #expect(
                try await store.leaseOutboxEntry(now: time(50), for: .seconds(60))?.0.payload == Array("second".utf8))
        },
        OrderStoreContract("Cancelling withdraws what is not sent") { store in
            let order = try await composed("1", by: store)
            try await cancel(order, by: store)
            #expect(try await store.leaseOutboxEntry(now: time(99), for: .seconds(60)) == nil)
            #expect(try await store.counts().outbox == [.withdrawn: 1])
        },
        OrderStoreContract("Cancelling during a delivery: a try that failed is settled by another one") { store in
            let order = try await composed("1", by: store)
            let leased = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            let (entry, lease) = try #require(leased)
            #expect(!entry.isWithdrawn)
            try await cancel(order, by: store)
            #expect(try await store.counts().outbox == [.pending: 1])
            try await store.finishOutboxEntry(
                entry, lease: lease, state: .pending, nextAttempt: time(20), records: []
            ) { _, _ in nil }
            // Whether the first try arrived is not known: the entry is not simply withdrawn.
            let again = try await store.leaseOutboxEntry(now: time(20), for: .seconds(60))
            let (settled, second) = try #require(again)
            #expect(settled.isWithdrawn && settled.attempts == 1 && settled.firstAttempt == time(0))
            try await store.finishOutboxEntry(
                settled, lease: second, state: .withdrawn, nextAttempt: time(20), records: []
            ) { _, _ in nil }
            #expect(try await store.counts().outbox == [.withdrawn: 1])
        },
        OrderStoreContract("Cancelling during a delivery waits for its outcome: sent is delivered") { store in
            let order = try await composed("1", by: store)
            let leased = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            let (entry, lease) = try #require(leased)
            try await cancel(order, by: store)
            try await store.finishOutboxEntry(
                entry, lease: lease, state: .delivered, nextAttempt: time(20), records: []
            ) { current, _ in
                #expect(current.state == .cancelled)
                var changed = current
                changed.state = .delivered
                return changed
            }
            #expect(try await store.order(order.id)?.state == .delivered)
        },
        OrderStoreContract("A cancelled entry whose deliverer died is settled once its lease runs out") { store in
            let order = try await composed("1", by: store)
            _ = try await store.leaseOutboxEntry(now: time(0), for: .seconds(60))
            try await cancel(order, by: store)
            #expect(try await store.leaseOutboxEntry(now: time(59), for: .seconds(60)) == nil)
            #expect(try await store.leaseOutboxEntry(now: time(61), for: .seconds(60))?.0.isWithdrawn == true)
        },
        OrderStoreContract("Each lane has its own destinations") { store in
            _ = try await composed("1", by: store)
            func due(_ lane: DeliveryLane) async throws -> Bool {
                try await store.leaseOutboxEntry(now: time(0), for: .zero, lane: lane) != nil
            }
            #expect(try await !due(.only("his")))
            #expect(try await !due(.except(["his", "ehr"])))
            #expect(try await due(.only("ehr")))
            #expect(try await due(.except(["his"])))
            #expect(try await due(.all))
        },
        OrderStoreContract("Held entries wait for their release, and only those since a time") { store in
            _ = try await composed("old", by: store, at: 0, isHeld: true)
            _ = try await composed("new", by: store, at: 100, isHeld: true)
            #expect(try await store.leaseOutboxEntry(now: time(999), for: .seconds(60)) == nil)
            #expect(try await store.counts().outbox == [.held: 2])
            let released = try await store.releaseHeld(
                since: time(50), now: time(200), records: [record(.orderRelease)])
            #expect(released == 1)
            let leased = try await store.leaseOutboxEntry(now: time(200), for: .seconds(60))
            #expect(leased?.0.payload == Array("report of new".utf8))
        },
    ]

    static func cancel(_ order: StoredOrder, by store: any OrderStore) async throws {
        var cancelled = order
        cancelled.state = .cancelled
        cancelled.updated = time(10)
        let final = cancelled
        _ = try await store.accept(intake(order, message("cancel", at: 10))) { _ in
            IntakeDecision(orders: [final], withdrawn: [final.id], records: [record(.orderState)])
        }
    }

    private static func recompose(_ order: StoredOrder, by store: any OrderStore, payload: String) async throws {
        var again = order
        again.state = .composed
        again.nextAttempt = time(10)
        again.updated = time(10)
        let final = again
        _ = try await store.accept(intake(order, message("again", at: 10))) { _ in
            var woken = final
            woken.state = .waiting
            return IntakeDecision(orders: [woken])
        }
        let leased = try await store.leaseOrder(now: time(10), for: .seconds(60))
        let (_, lease) = try #require(leased)
        try await store.finish(
            again, lease: lease, study: nil,
            outbox: [OutboxDraft(destination: "ehr", payload: Array(payload.utf8), isHeld: false)], records: [])
    }
}
