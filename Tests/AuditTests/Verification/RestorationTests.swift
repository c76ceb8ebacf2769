import MerkleLog
import Testing

@testable import Audit

/// Logs that were restored and lost their end, and logs whose key was handed over.
@Suite struct RestorationTests {
    let key: SigningKey
    let newKey: SigningKey
    /// Ten leaves of the first origin.
    let first: [[UInt8]]

    init() throws {
        key = try signingKey()
        newKey = try SigningKey(name: origin, seed: [UInt8](repeating: 7, count: 32))
        first = try leaves((0..<10).map { record(.orderState, correlation: "c\($0)") })
    }

    /// Leaves of a later origin, the first of which declares the restore.
    func restored(_ epoch: UInt64, _ count: Int = 4, declared: AuditEventType = .logRestored) throws -> [[UInt8]] {
        try (0..<count).map { number in
            try Leaf.prepare(
                record(number == 0 ? declared : .orderState), log: "\(origin)/\(epoch)", randomness: { randomness($0) }
            ).bytes
        }
    }

    private func randomness(_ count: Int) -> [UInt8] { [UInt8](repeating: 5, count: count) }

    func checkpoint(
        _ size: Int, of log: [[UInt8]], epoch: UInt64 = 1, by other: SigningKey? = nil
    ) throws -> HeldCheckpoint {
        let name = epoch == 1 ? origin : "\(origin)/\(epoch)"
        let root = frontier(log.prefix(size)).root
        let note = try Checkpoint(origin: name, size: UInt64(size), root: root).signed(by: (other ?? key).named(name))
        return HeldCheckpoint(note: note.serialized, keeper: .outside, name: "checkpoint-\(epoch)-\(size)")
    }

    func verify(
        _ log: [[UInt8]], _ checkpoints: [HeldCheckpoint], handovers: [[UInt8]] = [], chunk size: Int = 3
    ) throws -> AuditVerification {
        var verifier = AuditVerifier(
            keys: try LogKeys(anchor: key.verifier, handovers: handovers), checkpoints: checkpoints)
        for start in stride(from: 0, to: log.count, by: size) {
            var chunk = LeafChunk(leaves: size)
            for index in start..<min(start + size, log.count) { chunk.append(index: UInt64(index), leaf: log[index]) }
            verifier.add(chunk.scanned())
        }
        return verifier.finish(storedFrontier: frontier(log).serialized)
    }

    @Test func `A restore that lost nothing of which a checkpoint tells is intact, and is told`() throws {
        let log = try Array(first.prefix(6)) + restored(2)
        let result = try verify(
            log, [checkpoint(4, of: first), checkpoint(6, of: first), checkpoint(10, of: log, epoch: 2)])
        #expect(result.isIntact && result.origin == "\(origin)/2" && result.knownLoss == 0)
        #expect(result.restorations == [Restoration(size: 6, origin: "\(origin)/2", knownLoss: 0)])
        #expect(result.lastOutside?.size == 10)
    }

    @Test func `A restore that lost records is not intact, and tells how many a checkpoint knows of`() throws {
        let log = try Array(first.prefix(6)) + restored(2)
        let result = try verify(log, [checkpoint(8, of: first), checkpoint(10, of: first), checkpoint(4, of: first)])
        #expect(result.problems.map(\.code) == [.recordsLost] && result.knownLoss == 4)
        #expect(result.problems[0].description == "recordsLost leaf 6 checkpoint-1-10, at least 4 records")
    }

    @Test func `A changed beginning does not hide behind a restore`() throws {
        var log = try Array(first.prefix(6)) + restored(2)
        log[2] = first[9]
        let result = try verify(log, [checkpoint(4, of: first)])
        #expect(result.problems.map(\.code) == [.checkpointInconsistent])
    }

    @Test func `A new origin without the event, of another log, of an earlier or the same number is a mismatch`() throws
    {
        let undeclared = try Array(first.prefix(6)) + restored(2, declared: .orderState)
        #expect(try verify(undeclared, []).problems.map(\.code) == Array(repeating: .logMismatch, count: 4))
        let elsewhere = try Leaf.prepare(record(.logRestored), log: "elsewhere/2", randomness: randomness).bytes
        #expect(try verify(first + [elsewhere], []).problems.map(\.code) == [.logMismatch])
        let back = try restored(2, 2) + [first[0]]
        #expect(try verify(first + back, []).problems.map(\.code) == [.logMismatch])
        let odd = try Leaf.prepare(record(.logRestored), log: origin + "/02", randomness: randomness).bytes
        #expect(try verify(first + [odd], []).problems.map(\.code) == [.logMismatch])
    }

    @Test func `After two restores the origins between are lost with all that they promised`() throws {
        // Back to an older copy in which even the first restore is not known.
        let lost = try Array(first.prefix(3)) + restored(2, 6)
        let log = try Array(first.prefix(5)) + restored(3)
        let result = try verify(
            log, [checkpoint(9, of: lost, epoch: 2), checkpoint(10, of: first), checkpoint(9, of: log, epoch: 3)])
        #expect(result.problems.map(\.code) == [.recordsLost, .recordsLost] && result.knownLoss == 5)
        #expect(result.restorations.map(\.size) == [5])
    }

    @Test func `A log that is older than a declared restore is truncated`() throws {
        let whole = try Array(first.prefix(6)) + restored(2)
        let result = try verify(first, [checkpoint(8, of: whole, epoch: 2), checkpoint(10, of: first)])
        #expect(result.problems == [AuditProblem(.truncated, index: 10, at: "checkpoint-2-8")])
        #expect(result.lastOutside?.size == 10)
    }

    @Test func `A checkpoint under the new origin cannot stand before its first leaf`() throws {
        let log = try Array(first.prefix(6)) + restored(2)
        let result = try verify(log, [checkpoint(4, of: log, epoch: 2)])
        #expect(result.problems.map(\.code) == [.checkpointInconsistent])
    }

    @Test func `After a handover a stolen old key signs nothing newer`() throws {
        let handover = try KeyHandover(
            origin: LogOrigin(origin), size: 6, from: key.verifier, to: newKey.verifier
        ).signed(from: key, to: newKey).serialized
        let good = [try checkpoint(5, of: first), try checkpoint(6, of: first, by: newKey)]
        let result = try verify(first, good, handovers: [handover])
        #expect(result.isIntact && result.lastOutside?.size == 6)
        // The thief rewrites the end and signs it with the old key.
        var forged = first
        forged[8] = first[0]
        let problems = try verify(forged, good + [checkpoint(10, of: forged)], handovers: [handover]).problems
        #expect(problems.map(\.code) == [.checkpointSignatureInvalid])
        // Without the handover the new key is a stranger.
        #expect(try verify(first, good).problems.map(\.code) == [.checkpointSignatureInvalid])
    }

    @Test(arguments: [1, 2, 7, 64]) func `The size of the chunks changes nothing`(size: Int) throws {
        let log = try Array(first.prefix(6)) + restored(2) + [Array("{}".utf8)]
        let checkpoints = [try checkpoint(8, of: first), try checkpoint(10, of: log, epoch: 2)]
        #expect(try verify(log, checkpoints, chunk: size) == verify(log, checkpoints, chunk: 3))
    }
}
