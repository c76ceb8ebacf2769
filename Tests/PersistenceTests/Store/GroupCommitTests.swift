import Audit
import Foundation
import GRDB
import Mapping
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct GroupCommitTests {
    let temporary: TemporaryFolder
    let ring: KeyRing

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
    }

    struct Refusal: Error {}

    @Test func `What waits during a commit goes into one transaction, and one failure takes nothing else with it`()
        async throws
    {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let gate = DispatchSemaphore(value: 0)
        let outcomes = try await withThrowingTaskGroup(of: (Int, Date?).self) { group in
            group.addTask {
                (
                    -1,
                    try await store.change { transaction in
                        gate.wait()
                        return try transaction.db.transactionDate
                    }
                )
            }
            while await !store.commits.isBusy { await Task.yield() }
            for number in 0..<10 {
                group.addTask {
                    let date = try? await store.change { transaction in
                        _ = try transaction.append([record(correlation: "\(number)")])
                        if number == 4 { throw Refusal() }
                        return try transaction.db.transactionDate
                    }
                    return (number, date)
                }
            }
            while await store.commits.waitingCount < 10 { await Task.yield() }
            gate.signal()
            return try await group.reduce(into: [Int: Date?]()) { $0[$1.0] = $1.1 }
        }
        let dates = (0..<10).filter { $0 != 4 }.map { outcomes[$0] ?? nil }
        #expect(Set(dates).count == 1 && dates[0] != nil, "nine in one transaction")
        #expect(dates[0] != outcomes[-1] ?? nil)
        #expect(outcomes[4] == .some(nil))
        let entries = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.map(\.index) == Array(0..<9))
        #expect(!entries.contains { $0.record?.correlation.value == "4" })
    }

    @Test func `Many connections share one sync: far fewer commits than messages`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let gate = DispatchSemaphore(value: 0)
        let before = store.commits.commitCount
        let orders = (0..<100).map { storedOrder("\($0)", patients: ["\($0)"]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.change { _ in gate.wait() } }
            while await !store.commits.isBusy { await Task.yield() }
            for order in orders { group.addTask { try await OrderStoreContract.accept(order, by: store) } }
            while await store.commits.waitingCount < 100 { await Task.yield() }
            gate.signal()
            try await group.waitForAll()
        }
        #expect(store.commits.commitCount - before == 2, "the one that held the gate, and one for the hundred")
        #expect(try await store.counts().leaves == 100)
        for order in orders { #expect(try await store.order(order.id) == order) }
    }

    @Test func `A cancelled caller does not cancel the commit of others`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try await store.record([record(correlation: "\(number)")]) }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try await store.counts().leaves == 20)
    }

    @Test func `Two stores on one file append to one log that does not fork`() async throws {
        let stores = [
            try SQLiteStore.open(temporary.folder, keys: ring), try SQLiteStore.open(temporary.folder, keys: ring),
        ]
        let indexes = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for number in 0..<120 { group.addTask { try await stores[number % 2].record([record(), record()]) } }
            return try await group.reduce(into: [UInt64]()) { $0 += $1 }
        }
        #expect(indexes.sorted() == Array(0..<240))
        let verification = try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: [])
        #expect(verification.isIntact && verification.size == 240)
    }

    @Test func `Two stores that open a new folder at once both succeed`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { _ = try SQLiteStore.open(temporary.folder, keys: ring) } }
            try await group.waitForAll()
        }
    }

    @Test func `A full disk is busy, stores nothing of the message, and passes`() async throws {
        var options = StoreOptions()
        options.maximumPages = 90
        let store = try SQLiteStore.open(temporary.folder, keys: ring, options: options)
        var accepted = 0
        var failure: AdapterError?
        while failure == nil, accepted < 400 {
            do throws(AdapterError) {
                _ = try await store.record([record()])
                accepted += 1
            } catch {
                failure = error
            }
        }
        #expect(failure == AdapterError(.busy, code: "store.diskFull"))
        #expect(try await store.counts().leaves == UInt64(accepted))
        let order = storedOrder("1")
        await #expect(throws: AdapterError(.busy, code: "store.diskFull")) {
            for _ in 0..<20 { try await OrderStoreContract.accept(order, by: store) }
        }
        let roomier = try SQLiteStore.open(temporary.folder, keys: ring)
        #expect(try await roomier.record([record()]).count == 1)
        let verification = try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: [])
        #expect(verification.isIntact)
    }

    @Test func `Raw messages stay within their quota; the oldest go, replies stay`() async throws {
        var options = StoreOptions()
        options.messageQuota = 1_500
        let store = try SQLiteStore.open(temporary.folder, keys: ring, options: options)
        let orders = (0..<30).map { storedOrder("\($0)", at: Int64($0)) }
        for (index, order) in orders.enumerated() {
            try await OrderStoreContract.accept(order, by: store, at: Int64(index))
        }
        let (kept, bytes) = try await store.pool.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM messages WHERE body IS NOT NULL") ?? 0,
                try Int.fetchOne(db, sql: "SELECT sum(length(body)) FROM messages") ?? 0
            )
        }
        #expect(kept > 1 && kept < 30 && bytes <= 1_500)
        let first = orders[0]
        let replay = try await store.accept(intake(first, message(first.id.value, at: 1))) { findings in
            IntakeDecision(reply: findings.replay)
        }
        #expect(replay.reply == Array("AA".utf8))
    }
}
