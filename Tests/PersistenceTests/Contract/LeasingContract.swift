import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let leasing = [
        OrderStoreContract("The order that has been due longest is leased first, and by one worker only") { store in
            let (late, early) = (storedOrder("late", at: 5), storedOrder("early", at: 1))
            for order in [late, early] { try await accept(order, by: store) }
            #expect(try await store.leaseOrder(now: time(0), for: .seconds(60)) == nil)
            #expect(try await store.leaseOrder(now: time(9), for: .seconds(60))?.0 == early)
            #expect(try await store.leaseOrder(now: time(9), for: .seconds(60))?.0 == late)
            #expect(try await store.leaseOrder(now: time(9), for: .seconds(60)) == nil)
        },
        OrderStoreContract("Only accepted and waiting orders are leased") { store in
            for state in OrderState.allCases { try await accept(storedOrder(state.rawValue, state: state), by: store) }
            var leased: [OrderState] = []
            while let (order, _) = try await store.leaseOrder(now: time(0), for: .seconds(60)) {
                leased.append(order.state)
            }
            #expect(Set(leased) == [.accepted, .waiting] && leased.count == 2)
        },
        OrderStoreContract("A lease that ran out is given to the next one, and the first one's commit is refused") {
            store in
            let order = storedOrder("1")
            try await accept(order, by: store)
            let first = try await store.leaseOrder(now: time(0), for: .seconds(60))?.1
            let second = try await store.leaseOrder(now: time(61), for: .seconds(60))?.1
            let (old, new) = (try #require(first), try #require(second))
            #expect(new.fence > old.fence && new.expires == time(121))
            try await refused(.conflict, by: store) { () async throws(AdapterError) in
                try await store.finish(order, lease: old, study: nil, outbox: [], records: [record()])
            }
            try await store.finish(order, lease: new, study: nil, outbox: [], records: [record()])
            try await refused(.conflict, by: store) { () async throws(AdapterError) in
                try await store.finish(order, lease: new, study: nil, outbox: [], records: [record()])
            }
        },
        OrderStoreContract("A message or an operator takes a running lease away") { store in
            let order = storedOrder("1")
            try await accept(order, by: store)
            for round in 0..<2 {
                let leased = try await store.leaseOrder(now: time(0), for: .seconds(60))
                let (_, lease) = try #require(leased)
                if round == 0 {
                    try await accept(order, by: store, at: 1)
                } else {
                    _ = try await store.update(order.id) { ($0, [record(.orderRetry)]) }
                }
                try await refused(.conflict, by: store) { () async throws(AdapterError) in
                    try await store.finish(order, lease: lease, study: nil, outbox: [], records: [record()])
                }
            }
        },
        OrderStoreContract("Finishing writes order, study, outbox and records together") { store in
            let order = try await composed("1", by: store)
            #expect(try await store.order(order.id) == order)
            let counts = try await store.counts()
            #expect(counts.orders == [.composed: 1] && counts.outbox == [.pending: 1] && counts.leaves == 2)
            #expect(counts.oldestPending == time(0))
            let found = try await findings(intake(storedOrder("2"), message("m"), study: Planted.study), by: store)
            #expect(found.studies == [Planted.study: [order.id]])
        },
        OrderStoreContract("A notice is adopted by the order that shares a key, which wakes up") { store in
            let filler = try key("F1", .filler)
            var notice = storedOrder("n", state: .waiting, kind: .notice)
            notice.content.order = nil
            notice.content.imagingStudyID = "is-1"
            let order = storedOrder("1", state: .waiting, at: 500)
            let announcement = notice
            _ = try await store.accept(intake(notice, message("m"), study: "1.2.3")) { _ in
                IntakeDecision(orders: [announcement], studies: [announcement.id: ["1.2.3"]])
            }
            let leased = try await store.leaseOrder(now: time(1), for: .seconds(60))
            let (_, lease) = try #require(leased)
            // Nothing known yet: the lease stays, nothing is recorded.
            let early = try await store.adopt(
                notice: notice.id, lease: lease, keys: [filler], now: time(2), records: [record(.studyNotice)])
            #expect(!early)
            #expect(try await store.counts().leaves == 0)
            _ = try await store.accept(intake(order, message("m2"))) { _ in
                IntakeDecision(orders: [order], additionalKeys: [order.id: [filler]])
            }
            let adopted = try await store.adopt(
                notice: notice.id, lease: lease, keys: [filler], now: time(3), records: [record(.studyNotice)])
            #expect(adopted)
            #expect(try await store.order(notice.id) == nil)
            let woken = try await store.order(order.id)
            #expect(woken?.nextAttempt == time(3) && woken?.content.imagingStudyID == "is-1")
            let found = try await findings(intake(storedOrder("9"), message("m3"), study: "1.2.3"), by: store)
            #expect(found.studies == ["1.2.3": [order.id]])
        },
        OrderStoreContract("A notice whose keys point to two orders is not adopted") { store in
            let notice = storedOrder("n", state: .waiting, kind: .notice)
            let (one, two) = (storedOrder("1", at: 99), storedOrder("2", at: 99))
            for order in [notice, one, two] { try await accept(order, by: store) }
            let leased = try await store.leaseOrder(now: time(0), for: .seconds(60))
            let (_, lease) = try #require(leased)
            let keys = [one, two].flatMap { $0.content.order?.identity.keys ?? [] }
            let adopted = try await store.adopt(
                notice: notice.id, lease: lease, keys: keys, now: time(1), records: [record()])
            #expect(!adopted)
            #expect(try await store.order(notice.id) != nil)
        },
    ]
}
