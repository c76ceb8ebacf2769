import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let accepting = [
        OrderStoreContract("An accepted order is there as it was, found by key and by study, with its leaf") { store in
            let order = storedOrder("1")
            let decision = try await accept(order, by: store, study: Planted.study)
            #expect(decision.reply == Array("AA".utf8))
            #expect(try await store.order(order.id) == order)
            #expect(try await store.counts().leaves == 1)
            let other = storedOrder("2")
            let byKey = try await findings(intake(order, message("m2")), by: store)
            #expect(byKey.orders == [order] && byKey.studies.isEmpty && byKey.replay == nil)
            #expect(try byKey.keys == [key(Planted.accession + "1"): order.id])
            let byStudy = try await findings(intake(other, message("m3"), study: Planted.study), by: store)
            #expect(byStudy.orders == [order] && byStudy.keys.isEmpty)
            #expect(byStudy.studies == [Planted.study: [order.id]])
        },
        OrderStoreContract("A message adds its keys to the order into which it folds") { store in
            let order = storedOrder("1")
            try await accept(order, by: store)
            let filler = try key("F1", .filler)
            _ = try await store.accept(intake(order, message("m2"))) { _ in
                IntakeDecision(additionalKeys: [order.id: [filler]])
            }
            let found = try await store.orders(OrderFilter(key: filler))
            #expect(found.map(\.id) == [order.id])
        },
        OrderStoreContract("A key stays with its first order, but a notice gives it up") { store in
            let (first, second) = (storedOrder("1"), storedOrder("2"))
            let notice = storedOrder("n", kind: .notice)
            let (shared, announced) = (try key("F1", .filler), try key("F2", .filler))
            _ = try await store.accept(intake(first, message("m"))) { _ in
                IntakeDecision(
                    orders: [first, second, notice],
                    additionalKeys: [first.id: [shared], notice.id: [announced]])
            }
            _ = try await store.accept(intake(second, message("m2"))) { _ in
                IntakeDecision(additionalKeys: [second.id: [shared, announced]])
            }
            #expect(try await store.orders(OrderFilter(key: shared)).map(\.id) == [first.id])
            #expect(try await store.orders(OrderFilter(key: announced)).map(\.id) == [second.id])
        },
        OrderStoreContract("The positive reply is repeated to the very same message for seven days, and only to it") {
            store in
            let order = storedOrder("1")
            try await accept(order, by: store)
            func replay(_ message: ReceivedMessage) async throws -> [UInt8]? {
                let box = try await store.accept(intake(order, message)) { findings in
                    IntakeDecision(reply: findings.replay)
                }
                return box.reply
            }
            let day: Int64 = 24 * 3600
            #expect(try await replay(message(order.id.value, at: 6 * day)) == Array("AA".utf8))
            #expect(try await replay(message(order.id.value, at: 8 * day)) == nil)
            let reused = ReceivedMessage(
                bytes: [1, 2, 3], source: "his", deduplicationKey: order.id.value, received: time(1))
            #expect(try await replay(reused) == nil)
            let otherSource = ReceivedMessage(
                bytes: message(order.id.value).bytes, source: "ris", deduplicationKey: order.id.value, received: time(1)
            )
            #expect(try await replay(otherSource) == nil)
        },
        OrderStoreContract("A negative reply is never repeated") { store in
            let order = storedOrder("1")
            _ = try await store.accept(intake(order, message("m"))) { _ in
                IntakeDecision(reply: Array("AE".utf8), isReplayable: false)
            }
            #expect(try await findings(intake(order, message("m")), by: store).replay == nil)
        },
        OrderStoreContract("Bytes that are no message are kept and counted, with their record") { store in
            try await store.keep(message("junk"), records: [record(.messageKept)])
            let counts = try await store.counts()
            #expect(counts.keptMessages == 1 && counts.leaves == 1)
        },
        OrderStoreContract("Records get the next indexes in order") { store in
            let first = try await store.record([record(), record()])
            let none = try await store.record([])
            let next = try await store.record([record()])
            #expect(first == [0, 1] && none.isEmpty && next == [2])
        },
        OrderStoreContract("Many accept at once: each is stored, and the log has no gap") { store in
            let orders = (0..<48).map { storedOrder("p\($0)", patients: ["\($0)"]) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in orders { group.addTask { try await accept(order, by: store) } }
                try await group.waitForAll()
            }
            #expect(try await store.orders(OrderFilter()).count == 48)
            #expect(try await store.record([record()]) == [48])
        },
        OrderStoreContract("Of many that bring one key, one creates and the others find it") { store in
            let candidates = (0..<24).map { _ in storedOrder("same") }
            let created = try await withThrowingTaskGroup(of: Bool.self) { group in
                for order in candidates {
                    group.addTask {
                        let decision = try await store.accept(intake(order, message(order.id.value))) { findings in
                            findings.orders.isEmpty ? IntakeDecision(orders: [order]) : IntakeDecision()
                        }
                        return !decision.orders.isEmpty
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(created == 1)
            #expect(try await store.orders(OrderFilter()).count == 1)
        },
    ]
}
