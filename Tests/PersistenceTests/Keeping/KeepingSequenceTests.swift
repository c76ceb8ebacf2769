import Audit
import GRDB
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

/// Whatever is kept, moved and destroyed: the log verifies, and the root of a size never changes.
@Suite struct KeepingSequenceTests {
    private enum Step: CaseIterable {
        case append, appendMany, archive, expire, shred, hold, release, reopen, checkpoint
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `Any order of appending, archiving, expiring, shredding and holding keeps the log`(seed: UInt64) async throws {
        let (temporary, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        let ring = try KeyRing.generate()
        let outside = CheckpointFolder(path: elsewhere.folder.path, keeper: .outside)
        var numbers = SeededNumbers(seed: seed)
        var store = try SQLiteStore.open(temporary.folder, keys: ring)
        var roots: [UInt64: MerkleHash] = [:]
        var now: Int64 = 0
        for turn in 0..<40 {
            let step = try #require(Step.allCases.randomElement(using: &numbers))
            now += 1
            let patient = "P\(Int.random(in: 0..<4, using: &numbers))"
            let subject = Subject(type: .patient, assigner: "hospital", identifier: patient)
            do throws(AdapterError) {
                switch step {
                case .append, .appendMany:
                    let count = step == .append ? 1 : 20
                    _ = try await store.record(
                        (0..<count).map {
                            AuditQueryTests.told(.orderRead, patient, correlation: "\(turn % 7)-\($0)", at: now)
                        })
                case .archive:
                    let size = try await store.counts().leaves
                    _ = try await store.archive(
                        upTo: UInt64.random(in: 0...size, using: &numbers), to: elsewhere.folder.path,
                        leavesPerSegment: Int.random(in: 1...30, using: &numbers), record: record(.segmentArchived))
                case .expire:
                    _ = try await store.expireBodies(
                        before: time(Int64.random(in: 0...now, using: &numbers)), record: record(.bodiesExpired))
                case .shred: _ = try await store.shred(patient: subject, record: record(.keysDestroy))
                case .hold:
                    _ = try await store.setHold(subject, code: "c", at: time(now), records: [record(.holdSet)])
                case .release:
                    guard let hold = try await store.legalHolds().randomElement(using: &numbers) else { break }
                    try await store.removeHold(hold.id, records: [record(.holdRemoved)])
                case .reopen: store = try SQLiteStore.open(temporary.folder, keys: ring)
                case .checkpoint: try await store.checkpoint(to: [outside])
                }
            } catch {
                #expect(
                    ["keys.legalHold", "store.rowMissing"].contains(error.code), "seed \(seed) turn \(turn) \(step)")
            }
            let verification = try AuditLogFile(temporary.folder)
                .verify(key: ring.checkpointKey().verifier, outside: [outside])
            #expect(verification.isIntact, "seed \(seed) turn \(turn) \(step) \(verification.problems)")
            let hashes = try await store.leafHashes()
            #expect(UInt64(hashes.count) == verification.size)
            roots[verification.size] = verification.root
            for (size, root) in roots {
                #expect(MerkleTree(leaves: Array(hashes.prefix(Int(size)))).root == root, "seed \(seed) size \(size)")
            }
        }
        let deep = try await store.verifyRecords(reading: [])
        #expect(deep.isIntact, "seed \(seed) \(deep.problems)")
        let size = try await store.counts().leaves
        #expect(deep.opened + deep.destroyed + deep.expired == size, "seed \(seed)")
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
