import Audit
import FHIR
import Foundation
import Persistence
import Sealing
import Synchronization
import Testing
import Workflow

/// A repository that takes what it is given, and fails as a test says: before or after taking some, or for good.
private final class FlakyRepository: AuditRepository {
    enum Failure { case none, before, midway, after }

    let name = "arr"
    private let taken = Mutex<[UInt64]>([])
    private let failure: @Sendable () -> Failure
    private let refuses: @Sendable (UInt64) -> Bool

    init(
        failure: @escaping @Sendable () -> Failure = { .none },
        refuses: @escaping @Sendable (UInt64) -> Bool = { _ in false }
    ) {
        self.failure = failure
        self.refuses = refuses
    }

    /// Indexes in the order of arrival, with repetitions.
    var indexes: [UInt64] { taken.withLock { $0 } }

    func send(_ entries: [AuditEntry]) async throws(AdapterError) -> [AuditRefusal] {
        #expect(entries.allSatisfy { $0.record != nil })
        let good = entries.map(\.index).filter { !refuses($0) }
        switch failure() {
        case .none:
            taken.withLock { $0 += good }
            return entries.filter { refuses($0.index) }.map { AuditRefusal(index: $0.index, code: "arr.http.422") }
        case .before: break
        case .midway: taken.withLock { $0 += good.prefix(good.count / 2) }
        case .after: taken.withLock { $0 += good }
        }
        throw AdapterError(.interrupted, code: "arr.connection")
    }
}

private struct TestClock: WallClock {
    func now() -> Timestamp { Timestamp(microseconds: 1_795_000_000_000_000) }
    func sleep(for duration: Duration) async throws {}
}

/// A real store in a folder of its own.
private struct Log {
    let store: SQLiteStore
    let trail: AuditTrail

    static func with(_ body: (Log) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/forwarder-" + randomUUID()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try SQLiteStore.open(try DataFolder(creating: path), keys: try KeyRing.generate())
        let trail = AuditTrail(
            store: store, clock: TestClock(), principal: Principal(kind: .service, name: "imaging-gateway"))
        try await body(Log(store: store, trail: trail))
    }

    /// Leaves of the log so far.
    func append(_ count: Int) async throws -> [UInt64] {
        try await store.record((0..<count).map { record(.studyMatch, identifier: "P\($0)") })
    }

    func forwarder(_ repository: FlakyRepository, batch: Int = 8, refused: Refused? = nil) -> AuditForwarder {
        AuditForwarder(store: store, repository: repository, trail: trail, batch: batch) { refused?.note($0) }
    }

    /// What the log itself says was refused: leaf and correlation.
    func recorded() async throws -> [(leaf: String?, correlation: String)] {
        try await store.auditFeed("somebody else", limit: 10_000).compactMap(\.record)
            .filter { $0.event == .auditForwardFailed }
            .map { ($0.details["refusedLeaf"], $0.correlation.value) }
    }
}

private final class Refused: Sendable {
    private let all = Mutex<[AuditRefusal]>([])
    var indexes: [UInt64] { all.withLock { $0.map(\.index) } }
    func note(_ refusal: AuditRefusal) { all.withLock { $0.append(refusal) } }
}

/// Forwards until nothing is left.
private func drain(_ forwarder: AuditForwarder) async throws {
    while try await forwarder.forwardOne() {}
}

@Suite("Store and forward", .timeLimit(.minutes(2))) struct AuditForwarderTests {
    @Test func `Each record arrives once and in order, and the lag falls to nothing`() async throws {
        try await Log.with { log in
            let indexes = try await log.append(20)
            let repository = FlakyRepository()
            let before = try await log.store.auditFeedLag("arr")
            #expect(before == UInt64(indexes.count))
            try await drain(log.forwarder(repository))
            #expect(repository.indexes == indexes)
            let after = try await log.store.auditFeedLag("arr")
            #expect(after == 0)
        }
    }

    @Test func `While the repository is away nothing moves; afterwards nothing is missing`() async throws {
        try await Log.with { log in
            let indexes = try await log.append(20)
            let isAway = Mutex(true)
            let repository = FlakyRepository(failure: { isAway.withLock { $0 ? .before : .none } })
            for _ in 0..<3 {
                await #expect(throws: AdapterError(.interrupted, code: "arr.connection")) {
                    try await log.forwarder(repository).forwardOne()
                }
            }
            let lag = try await log.store.auditFeedLag("arr")
            #expect(lag == 20 && repository.indexes.isEmpty)
            isAway.withLock { $0 = false }
            try await drain(log.forwarder(repository))
            #expect(repository.indexes == indexes)
        }
    }

    /// Failures before, midway and after, crashes (a new forwarder each time), batches of many sizes, records that come
    /// meanwhile, and records that are refused for good.
    @Test(arguments: 0..<12) func `A flaky repository gets everything but what it refuses, and that is named`(
        round: Int
    ) async throws {
        let seed = UInt64(20_261_121 + round)
        try await Log.with { log in
            let generator = Mutex(SeededGenerator(seed: seed))
            @Sendable func draw(_ range: Range<Int>) -> Int {
                generator.withLock { Int.random(in: range, using: &$0) }
            }
            let rarity = UInt64(draw(3..<40))
            let repository = FlakyRepository(
                failure: { [.none, .none, .before, .midway, .after][draw(0..<5)] },
                refuses: { $0 % rarity == 1 && $0 < 120 })
            let refused = Refused()
            var indexes = try await log.append(draw(1..<60))
            for _ in 0..<400 {
                if indexes.count < 150, draw(0..<4) == 0 { indexes += try await log.append(draw(1..<12)) }
                _ = try? await log.forwarder(repository, batch: draw(1..<20), refused: refused).forwardOne()
            }
            // Something that is taken lets the last refused ones pass; then the repository recovers.
            indexes += try await log.append(3)
            for _ in 0..<200 { _ = try? await log.forwarder(repository, refused: refused).forwardOne() }

            let arrived = Set(repository.indexes)
            let wanted = indexes.filter { !($0 % rarity == 1 && $0 < 120) }
            #expect(wanted.allSatisfy(arrived.contains), "seed \(seed): nothing is lost")
            var highest: UInt64?
            let firsts = repository.indexes.filter { index in
                defer { highest = max(highest ?? 0, index) }
                return highest.map { index > $0 } ?? true
            }
            #expect(firsts == firsts.sorted(), "seed \(seed): first arrivals are in order")
            let lost = indexes.filter { $0 % rarity == 1 && $0 < 120 }
            let recorded = try await log.recorded()
            #expect(lost.allSatisfy { leaf in recorded.contains { $0.leaf == String(leaf) } }, "seed \(seed)")
            #expect(Set(lost).isSubset(of: refused.indexes), "seed \(seed)")
            let lag = try await log.store.auditFeedLag("arr")
            #expect(lag == 0, "seed \(seed): the lag falls to nothing")
        }
    }

    @Test func `One refused record is recorded once, under its own correlation, and the others go on`() async throws {
        try await Log.with { log in
            let indexes = try await log.append(10)
            let (repository, refused) = (FlakyRepository(refuses: { $0 == indexes[4] }), Refused())
            try await drain(log.forwarder(repository, refused: refused))
            #expect(repository.indexes.filter { $0 <= indexes[9] } == indexes.filter { $0 != indexes[4] })
            let recorded = try await log.recorded()
            #expect(recorded.map(\.leaf) == ["\(indexes[4])"] && refused.indexes == [indexes[4]])
            #expect(recorded.first?.correlation == record().correlation.value)
        }
    }

    @Test func `A repository that refuses everything is the trouble itself: its place does not move`() async throws {
        try await Log.with { log in
            _ = try await log.append(30)
            let repository = FlakyRepository(refuses: { _ in true })
            await #expect(throws: AdapterError(.unavailable, code: "arr.refusesAll")) {
                try await log.forwarder(repository).forwardOne()
            }
            let (lag, recorded) = (try await log.store.auditFeedLag("arr"), try await log.recorded())
            #expect(lag == 30 && recorded.isEmpty)
        }
    }

    @Test func `A long run of refused records is passed once a later one is taken`() async throws {
        try await Log.with { log in
            let indexes = try await log.append(30)
            let repository = FlakyRepository(refuses: { $0 < indexes[25] })
            try await drain(log.forwarder(repository))
            #expect(repository.indexes.prefix(5) == indexes.suffix(5))
            let (lag, recorded) = (try await log.store.auditFeedLag("arr"), try await log.recorded())
            #expect(lag == 0 && recorded.count == 25)
        }
    }

    @Test func `A refused audit_forwardFailed makes no further one`() async throws {
        try await Log.with { log in
            let indexes = try await log.append(4)
            let repository = FlakyRepository(refuses: { $0 == indexes[1] || $0 == indexes[3] + 1 })
            // The refused one is the last: whether the repository takes anything is not known yet.
            await #expect(throws: AdapterError(.unavailable, code: "arr.refusesAll")) {
                try await drain(log.forwarder(repository))
            }
            _ = try await log.append(1)
            try await drain(log.forwarder(repository))
            let (lag, recorded) = (try await log.store.auditFeedLag("arr"), try await log.recorded())
            #expect(lag == 0 && recorded.map(\.leaf) == ["\(indexes[1])"])
        }
    }
}
