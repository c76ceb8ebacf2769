import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let replying = [
        OrderStoreContract("A deferred reply is stored with its message and leased until it arrived") { store in
            let reply = DeferredReply(destination: "his", payload: Array("MSA|AA".utf8))
            try await accept(reply, by: store, at: 0)
            #expect(try await store.leaseReply(now: time(-1), for: .seconds(60)) == nil)
            let first = try await store.leaseReply(now: time(0), for: .seconds(60))
            let (pending, lease) = try #require(first)
            #expect(pending.reply == reply && pending.attempts == 0 && pending.created == time(0))
            #expect(try await store.leaseReply(now: time(1), for: .seconds(60)) == nil)
            try await store.finishReply(
                pending, lease: lease, state: .pending, nextAttempt: time(100), records: [record()])
            #expect(try await store.leaseReply(now: time(99), for: .seconds(60)) == nil)
            let second = try await store.leaseReply(now: time(100), for: .seconds(60))
            let (again, newer) = try #require(second)
            #expect(again.id == pending.id && again.attempts == 1 && again.firstAttempt == time(0))
            try await refused(.conflict, by: store) { () async throws(AdapterError) in
                try await store.finishReply(
                    again, lease: lease, state: .delivered, nextAttempt: time(100), records: [record()])
            }
            try await store.finishReply(again, lease: newer, state: .delivered, nextAttempt: time(100), records: [])
            #expect(try await store.leaseReply(now: time(999), for: .seconds(60)) == nil)
        },
        OrderStoreContract("Replies to one destination go out in order, those to another do not wait for them") {
            store in
            for (number, name) in ["his", "his", "ris"].enumerated() {
                let reply = DeferredReply(destination: name, payload: [UInt8(number)])
                try await accept(reply, by: store, at: Int64(number))
            }
            let first = try await store.leaseReply(now: time(9), for: .seconds(60))
            #expect(first?.0.reply.payload == [0])
            #expect(try await store.leaseReply(now: time(9), for: .seconds(60))?.0.reply.payload == [2])
            #expect(try await store.leaseReply(now: time(9), for: .seconds(60)) == nil)
            let (reply, lease) = try #require(first)
            try await store.finishReply(reply, lease: lease, state: .failed, nextAttempt: time(9), records: [])
            #expect(try await store.leaseReply(now: time(9), for: .seconds(60))?.0.reply.payload == [1])
        },
        OrderStoreContract("A reply whose sender died is leased again") { store in
            try await accept(DeferredReply(destination: "his", payload: [1]), by: store, at: 0)
            let first = try await store.leaseReply(now: time(0), for: .seconds(60))
            let second = try await store.leaseReply(now: time(60), for: .seconds(60))
            let (old, new) = (try #require(first), try #require(second))
            #expect(new.1.fence > old.1.fence)
        },
    ]

    private static func accept(_ reply: DeferredReply, by store: any OrderStore, at seconds: Int64) async throws {
        let order = storedOrder(randomUUID())
        _ = try await store.accept(intake(order, message(order.id.value, at: seconds))) { _ in
            IntakeDecision(orders: [order], records: [record()], deferredReply: reply)
        }
    }
}
