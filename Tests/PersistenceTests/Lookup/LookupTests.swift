import GRDB
import Mapping
import Sealing
import Testing
import Workflow

@testable import Persistence

/// Orders are found whether their entries are in memory, in the rows as they came, or sorted in.
@Suite struct LookupTests {
    let temporary: TemporaryFolder
    let ring: KeyRing

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
    }

    func accept(_ names: Range<Int>, by store: SQLiteStore) async throws -> [StoredOrder] {
        let orders = names.map { storedOrder("\($0)", at: Int64($0), patients: ["\($0)"]) }
        for order in orders { try await OrderStoreContract.accept(order, by: store) }
        return orders
    }

    func isFound(_ order: StoredOrder, by store: SQLiteStore) async throws -> Bool {
        let key = try #require(order.content.order?.identity.keys.first)
        let listed = try await store.orders(OrderFilter(key: key))
        let accepted = try await OrderStoreContract.findings(intake(order, message(randomUUID())), by: store)
        return try await store.order(order.id) == order && listed == [order] && accepted.keys == [key: order.id]
    }

    /// Sorts in as the store does when it is quiet, but all of it.
    func sortIn(_ store: SQLiteStore, _ count: Int = .max) throws {
        let commit = StoreCommit(context: store.context)
        try store.pool.writeWithoutTransaction { db in
            let sorted = try commit.write(in: db) { try $0.sortInLookups(count) }
            if let sorted { store.context.recent.remove(sorted.entries, through: sorted.through) }
        }
    }

    func rows(_ store: SQLiteStore) async throws -> Int {
        try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM lookup_recent") ?? 0 }
    }

    @Test func `Entries are found in memory, sorted in, and mixed`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let first = try await accept(0..<10, by: store)
        for order in first { #expect(try await isFound(order, by: store)) }
        try sortIn(store)
        #expect(try await rows(store) == 0 && store.context.recent.count == 0)
        let second = try await accept(10..<20, by: store)
        try sortIn(store, 4)
        let third = try await accept(20..<25, by: store)
        #expect(try await rows(store) > 5)
        for order in first + second + third { #expect(try await isFound(order, by: store)) }
    }

    @Test func `A store that is opened later, and one that was open before, find what another one wrote and sorted in`()
        async throws
    {
        let one = try SQLiteStore.open(temporary.folder, keys: ring)
        let other = try SQLiteStore.open(temporary.folder, keys: ring)
        let first = try await accept(0..<5, by: one)
        for order in first { #expect(try await isFound(order, by: other)) }
        try sortIn(one, 12)
        let second = try await accept(5..<10, by: other)
        for order in first + second {
            #expect(try await isFound(order, by: one))
            #expect(try await isFound(order, by: other))
        }
        try sortIn(other)
        let third = try await accept(10..<12, by: one)
        let fresh = try SQLiteStore.open(temporary.folder, keys: ring)
        for order in first + second + third {
            #expect(try await isFound(order, by: one))
            #expect(try await isFound(order, by: other))
            #expect(try await isFound(order, by: fresh))
        }
    }

    @Test func `A transaction that failed leaves nothing in memory`() async throws {
        struct Refusal: Error {}
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let order = storedOrder("1")
        _ = try? await store.change { transaction in
            try transaction.write(order)
            #expect(try transaction.order(order.id) == order, "inside it is there")
            throw Refusal()
        }
        #expect(store.context.recent.count == 0)
        #expect(try await store.order(order.id) == nil)
        try await OrderStoreContract.accept(order, by: store)
        #expect(try await isFound(order, by: store))
    }

    @Test func `Orders of the same commit find each other, and a failed one in between is not found`() async throws {
        struct Refusal: Error {}
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let (kept, failed) = (storedOrder("1"), storedOrder("2"))
        let outcomes = StoreCommit(context: store.context)
        let results = try await store.pool.writeWithoutTransaction { db in
            outcomes(
                [
                    { try $0.write(kept) },
                    {
                        try $0.write(failed)
                        throw Refusal()
                    },
                    { [try $0.order(kept.id) == kept, try $0.order(failed.id) == nil] },
                ], in: db)
        }
        #expect(try results[2].get() as? [Bool] == [true, true])
        #expect(throws: Refusal.self) { try results[1].get() }
        #expect(try await store.order(kept.id) == kept)
        #expect(try await store.order(failed.id) == nil)
    }

    @Test func `Two values that begin alike are told apart by the rows`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let orders = try await accept(0..<2, by: store)
        // Every entry also points to the other order, as if the first eight bytes were the same.
        try await store.change { transaction in
            for entry in LookupEntry.unpack(
                try transaction.rows("SELECT bytes FROM lookup_recent", []).flatMap { try $0.bytes("bytes") })
            where entry.kind == .order {
                for row in Int64(1)...2 {
                    transaction.batch.entries.append(
                        LookupEntry(value: entry.value, target: row << 3 | LookupKind.order.rawValue))
                }
            }
        }
        for order in orders { #expect(try await isFound(order, by: store)) }
    }

    @Test func `Packing keeps every entry`() {
        let entries = [
            LookupEntry([0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9], .leaf, row: 1 << 40),
            LookupEntry([0, 0, 0, 0, 0, 0, 0, 1], .order, row: 1),
            LookupEntry(value: .min, target: .max),
        ]
        #expect(LookupEntry.unpack(LookupEntry.pack(entries)) == entries)
        #expect(entries[0].row == 1 << 40 && entries[0].kind == .leaf)
    }
}
