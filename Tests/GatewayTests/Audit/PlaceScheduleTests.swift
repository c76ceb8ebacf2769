import MerkleLog
import Testing
import Workflow

@testable import Gateway

@Suite("Places that get checkpoints: when, and what the operator hears")
struct PlaceScheduleTests {
    private let key: SigningKey
    private let witness: WitnessSigningKey

    init() throws {
        key = try SigningKey(name: "log.example", seed: [UInt8](repeating: 1, count: 32))
        witness = try WitnessSigningKey(name: "w.example", seed: [UInt8](repeating: 2, count: 32))
    }

    private func note(_ size: UInt64) throws -> CheckpointNote {
        let checkpoint = try Checkpoint(origin: key.name, size: size, root: .leaf([UInt8(truncatingIfNeeded: size)]))
        return CheckpointNote(
            checkpoint: checkpoint, note: try checkpoint.signed(by: key), time: Timestamp(microseconds: 0))
    }

    private func cosigned(_ note: CheckpointNote) throws -> CheckpointNote {
        var copy = note
        copy.note = try note.note.adding([try witness.cosign(note.note.text, at: 5)])
        return copy
    }

    @Test func `a new checkpoint goes at once, the same one never again`() throws {
        var schedule = PlaceSchedule(keepsCosignatures: false)
        #expect(schedule.tick(nil) == nil)
        let first = try note(1)
        #expect(schedule.tick(first) == first)
        #expect(schedule.succeeded(first) == nil, "nobody is told that all is well")
        #expect(schedule.tick(first) == nil)
        #expect(schedule.tick(try cosigned(first)) == nil, "this place keeps no cosignatures")
        #expect(schedule.tick(try note(2)) != nil)
    }

    @Test func `a place that keeps cosignatures gets the note again when there is one`() throws {
        var schedule = PlaceSchedule(keepsCosignatures: true)
        let first = try note(1)
        _ = schedule.succeeded(first)
        let whole = try cosigned(first)
        #expect(schedule.tick(whole) == whole)
    }

    @Test func `pauses double up to five minutes, and one outage is told once`() throws {
        var schedule = PlaceSchedule(keepsCosignatures: false)
        let first = try note(1)
        var pauses: [Int] = []
        for _ in 0..<12 {
            var ticks = 1
            while schedule.tick(first) == nil { ticks += 1 }
            pauses.append(ticks)
            let change = schedule.failed("place.connect")
            #expect(change == (pauses.count == 1 ? .away(code: "place.connect") : nil))
        }
        #expect(pauses.prefix(5) == [1, 1, 2, 4, 8])
        #expect(pauses.max() == Outage.longestPause)
        #expect(schedule.trouble == "place.connect")
        #expect(schedule.failed("audit.witnessRefused") == .away(code: "audit.witnessRefused"), "a new trouble is told")
        #expect(schedule.succeeded(first) == .back)
        #expect(schedule.trouble == nil)
    }

    @Test func `cosignatures join the newest note only, each once`() throws {
        let latest = LatestCheckpoint()
        let (old, new) = (try note(1), try note(2))
        latest.set(old)
        latest.set(new)
        latest.add([try witness.cosign(old.note.text, at: 5)], to: old.checkpoint)
        #expect(latest.note == new, "it belongs to an older one")
        let signature = try witness.cosign(new.note.text, at: 5)
        latest.add([signature], to: new.checkpoint)
        latest.add([signature], to: new.checkpoint)
        #expect(latest.note?.note.signatures.count == 2)
        #expect(latest.note?.note.cosignature(of: witness.verifier) == 5)
    }
}
