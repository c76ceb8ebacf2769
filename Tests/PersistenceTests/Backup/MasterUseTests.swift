import Audit
import Sealing
import Synchronization
import Testing
import Workflow

@testable import Persistence

@Suite struct MasterUseTests {
    @Test func `A master key is in use while a data key or a file of an order under way names it`() async throws {
        let temporary = try TemporaryFolder()
        let first = try KeyRing.generate()
        let ring = try first.adding(MasterKey(id: "m2", key: .random()))
        let old = try SQLiteStore.open(temporary.folder, keys: first)
        _ = try await old.record([record()])
        let scratch = SealedScratchFolder(temporary.folder, keys: first, removesLeftovers: false)
        let file = try await scratch.write { writer async throws(AdapterError) in try await writer.append([1, 2, 3]) }
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        func inUse() async throws -> Set<String> {
            let box = Box()
            try await store.retireMasters { box.value = $0 }
            return box.value
        }
        #expect(try await inUse() == ["m1"])
        while try await store.rewrapKeys(batch: 1) > 0 {}
        #expect(try await inUse() == ["m1", "m2"])
        #expect(store.scratchFiles(notUnder: "m2") == 1)
        await scratch.remove(file)
        #expect(try await inUse() == ["m2"])
        #expect(try await store.wrappedKeyCounts()["m1"] == nil)
        #expect(try await store.auditEntries(AuditQuery(), reading: []).first?.record == record())
    }

    @Test func `The size of a handover is seen by nobody before the key file has it`() async throws {
        let temporary = try TemporaryFolder()
        let store = try SQLiteStore.open(temporary.folder, keys: KeyRing.generate())
        let other = try AuditLogFile(temporary.folder)
        let sizes = Box()
        let size = try await store.handOver(records: [record()]) { size in
            sizes.value.insert("\(size)")
            // What everybody else sees meanwhile.
            sizes.value.insert("seen \(try other.leafHashes().count)")
        }
        #expect(size == 1)
        #expect(sizes.value == ["1", "seen 0"])
    }

    @Test func `Where the key file cannot be written nothing is handed over`() async throws {
        let temporary = try TemporaryFolder()
        let store = try SQLiteStore.open(temporary.folder, keys: KeyRing.generate())
        await #expect(throws: AdapterError.self) {
            try await store.handOver(records: [record()]) { _ in throw Missing() }
        }
        #expect(try await store.counts().leaves == 0)
    }

    @Test func `Where nothing was handed over, what was done for it is taken back for larger sizes`() async throws {
        let temporary = try TemporaryFolder()
        let store = try SQLiteStore.open(temporary.folder, keys: KeyRing.generate())
        _ = try await store.record([record()])
        let seen = Box()
        await #expect(throws: AdapterError.self) {
            _ = try await store.handOver(records: [record()]) { size in
                seen.value.insert("done \(size)")
                throw Missing()
            } undo: { size in
                seen.value.insert("undone beyond \(size)")
            }
        }
        #expect(seen.value == ["done 2", "undone beyond 1"])
    }

    @Test func `While the key file cannot be read, nothing is recorded under a master key that may go`() async throws {
        struct Unreadable: Error {}
        let temporary = try TemporaryFolder()
        let secrets = try KeyRing.generate().exportedSecrets()
        let isExchanged = Box()
        let source = RotatingKeySource(state: { [isExchanged.value.count] }) { throw Unreadable() }
        let ring = try KeyRing(
            installation: secrets.installation, rotating: secrets.rotating, index: secrets.index,
            naming: secrets.naming, pseudonym: secrets.pseudonym, source: source, seen: [0])
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        _ = try await store.record([record(patient: "P1")])
        isExchanged.value.insert("yes")
        #expect(
            await code { try await store.record([record(patient: "P2")]) } == "store.sealing.keysUnreadable")
        #expect(await code { try await store.checkpoint(to: []) } == "store.sealing.keysUnreadable")
        #expect(try await store.counts().leaves == 1)
    }
}

/// A place that a `@Sendable` closure writes to.
private final class Box: Sendable {
    private let stored = Mutex<Set<String>>([])

    var value: Set<String> {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
