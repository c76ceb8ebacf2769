import MerkleLog
import Testing

@testable import Audit

@Suite struct AuditVerifierTests {
    let key: SigningKey
    let log: [[UInt8]]

    init() throws {
        key = try signingKey()
        log = try leaves([
            record(.serviceStart), record(.studyQuery, phase: .intent), record(.studyQuery, phase: .outcome(of: 1)),
            record(.studyRetrieve, phase: .intent, correlation: "c2"), record(.orderState),
            record(.studyRetrieve, phase: .outcome(of: 3), correlation: "c2"), record(.studyRetrieve, phase: .intent),
        ])
    }

    func checkpoint(
        _ size: Int, _ keeper: HeldCheckpoint.Keeper = .outside, of log: [[UInt8]]? = nil, by other: SigningKey? = nil,
        origin: String = Self.logName
    ) throws -> HeldCheckpoint {
        let tree = frontier((log ?? self.log).prefix(size))
        let note = try Checkpoint(origin: origin, size: UInt64(size), root: tree.root).signed(by: other ?? key)
        return HeldCheckpoint(note: note.serialized, keeper: keeper, name: "checkpoint-\(size)")
    }

    static let logName = origin

    func verify(
        _ leaves: [[UInt8]], _ checkpoints: [HeldCheckpoint] = [], stored: [UInt8]? = nil
    ) -> AuditVerification {
        var verifier = AuditVerifier(key: key.verifier, checkpoints: checkpoints)
        for (index, leaf) in leaves.enumerated() { verifier.add(index: UInt64(index), leaf: leaf) }
        return verifier.finish(storedFrontier: stored ?? frontier(leaves).serialized)
    }

    @Test func `An intact log verifies and says how much the last outside checkpoint does not cover`() throws {
        let result = try verify(log, [checkpoint(3), checkpoint(5), checkpoint(7, .inside), checkpoint(0)])
        #expect(result.isIntact && result.problems.isEmpty)
        #expect(result.size == 7 && result.root == frontier(log).root)
        #expect(result.lastOutside?.size == 5)
        #expect(result.newerThanOutside == 2)
        #expect(result.openIntents == 1)
    }

    @Test func `Without an outside checkpoint every record is uncovered`() throws {
        let result = try verify(log, [checkpoint(7, .inside)])
        #expect(result.isIntact && result.lastOutside == nil && result.newerThanOutside == 7)
        #expect(verify([]).isIntact)
    }

    @Test func `A changed leaf is found by the stored frontier and by checkpoints`() throws {
        var changed = log
        changed[2] = try leaves([record(.studyQuery, phase: .outcome(of: 1), outcome: .majorFailure)])[0]
        #expect(verify(changed, stored: frontier(log).serialized).problems.map(\.code) == [.rootMismatch])
        // Whoever also rewrites the frontier fails at the checkpoint.
        let problems = try verify(changed, [checkpoint(2), checkpoint(5)]).problems
        #expect(problems == [AuditProblem(.checkpointInconsistent, index: 5, at: "checkpoint-5")])
    }

    @Test func `Two leaves that changed places are found`() throws {
        var swapped = log
        swapped.swapAt(0, 4)
        #expect(try verify(swapped, [checkpoint(5)]).problems.map(\.code) == [.checkpointInconsistent])
    }

    @Test func `A log that is shorter than a checkpoint is truncated; a rollback of the whole folder too`() throws {
        let result = try verify(Array(log.prefix(4)), [checkpoint(3), checkpoint(7)])
        #expect(result.problems == [AuditProblem(.truncated, index: 4, at: "checkpoint-7")])
        #expect(result.lastOutside?.size == 3)
        // Only with the checkpoints inside, which went back as well, nothing shows: that is why others are outside.
        #expect(try verify(Array(log.prefix(4)), [checkpoint(3, .inside)]).isIntact)
    }

    @Test func `A missing and a repeated index are gaps`() {
        var verifier = AuditVerifier(key: key.verifier, checkpoints: [])
        for index in [0, 2, 2] { verifier.add(index: UInt64(index), leaf: log[0]) }
        let result = verifier.finish(storedFrontier: frontier([log[0], log[0], log[0]]).serialized)
        #expect(result.problems == [AuditProblem(.indexGap, index: 2)])
        var twice = AuditVerifier(key: key.verifier, checkpoints: [])
        for index in [0, 0] { twice.add(index: UInt64(index), leaf: log[0]) }
        #expect(twice.finish(storedFrontier: nil).problems.map(\.code) == [.indexGap, .frontierMalformed])
    }

    @Test(arguments: [
        (record(.studyQuery, phase: .outcome(of: 0)), "of a leaf that is no intent"),
        (record(.studyQuery, phase: .outcome(of: 9)), "of a later leaf"),
        (record(.studyQuery, phase: .outcome(of: 1)), "a second time"),
        (record(.reportPost, phase: .outcome(of: 6)), "of another event"),
        (record(.studyRetrieve, phase: .outcome(of: 6), correlation: "c9"), "of another order"),
    ])
    func `An outcome without its own intent is a problem`(outcome: AuditRecord, reason: String) throws {
        let result = try verify(log + leaves([outcome]))
        #expect(result.problems == [AuditProblem(.intentUnknown, index: 7)], "\(reason)")
    }

    @Test func `Leaves of another log and malformed ones are named`() throws {
        let foreign = try Leaf.prepare(record(), log: "other", randomness: counted).bytes
        let result = verify(log + [foreign, Array("{}".utf8)])
        #expect(result.problems.map(\.code) == [.logMismatch, .leafMalformed])
        #expect(result.problems.map(\.index) == [7, 8])
    }

    @Test func `Checkpoints of another key, another log or with altered text do not count`() throws {
        let stranger = try SigningKey(name: origin, seed: [UInt8](repeating: 9, count: 32))
        var altered = try checkpoint(3)
        altered = HeldCheckpoint(
            note: Array(String(decoding: altered.note, as: UTF8.self).replacing("\n3\n", with: "\n4\n").utf8),
            keeper: .outside, name: "altered")
        let result = try verify(
            log, [checkpoint(3, by: stranger), altered, checkpoint(3, origin: "elsewhere")])
        #expect(
            result.problems.map(\.code) == [
                .checkpointSignatureInvalid, .checkpointSignatureInvalid, .checkpointLogMismatch,
            ])
        #expect(result.newerThanOutside == 7)
    }

    @Test func `A frontier that is unreadable or missing is a problem`() {
        #expect(verify(log, stored: [1, 2]).problems.map(\.code) == [.frontierMalformed])
    }

    @Test func `Problems beyond the limit are counted`() {
        let result = verify([[UInt8]](repeating: [0x7b], count: 150))
        #expect(result.problems.count == AuditVerifier.problemLimit)
        #expect(result.problemCount == 150)
    }
}
