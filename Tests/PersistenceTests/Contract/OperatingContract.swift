import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let operating = [
        OrderStoreContract("A listing is newest first and narrowed by state, key and limit") { store in
            let (old, new) = (storedOrder("old", state: .parked, at: 1), storedOrder("new", at: 2))
            for order in [old, new] { try await accept(order, by: store) }
            #expect(try await store.orders(OrderFilter()).map(\.id) == [new.id, old.id])
            #expect(try await store.orders(OrderFilter(limit: 1)).map(\.id) == [new.id])
            #expect(try await store.orders(OrderFilter(states: [.parked, .held])).map(\.id) == [old.id])
            let sought = try key(Planted.accession + "old")
            #expect(try await store.orders(OrderFilter(key: sought)).map(\.id) == [old.id])
            #expect(try await store.orders(OrderFilter(states: [.accepted], key: sought)).isEmpty)
        },
        OrderStoreContract("An update that declines changes nothing; one of an unknown order returns nil") { store in
            let order = storedOrder("1")
            try await accept(order, by: store)
            #expect(try await store.update(order.id) { _ in nil } == order)
            #expect(try await store.update(OrderID(randomUUID())) { ($0, [record()]) } == nil)
            #expect(try await store.counts().leaves == 1)
        },
        OrderStoreContract("An update is stored with its records, and an order that ends has nothing left to send") {
            store in
            let order = try await composed("1", by: store)
            let changed = try await store.update(order.id) { current in
                var parked = current
                parked.state = .parked
                parked.content.parking = Parking(reason: .fault, code: "x.y", from: .composed)
                return (parked, [record(.orderState)])
            }
            #expect(changed?.state == .parked)
            #expect(try await store.order(order.id) == changed)
            #expect(try await store.counts().outbox == [.withdrawn: 1])
            #expect(try await store.counts().leaves == 3)
        },
        OrderStoreContract("An empty store counts nothing") { store in
            let counts = try await store.counts()
            #expect(counts == StoreCounts())
            #expect(try await store.order(OrderID(randomUUID())) == nil)
            #expect(try await store.leaseOrder(now: time(0), for: .seconds(1)) == nil)
        },
    ]
}
