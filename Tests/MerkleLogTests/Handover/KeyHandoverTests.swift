import Testing

@testable import MerkleLog

@Suite struct KeyHandoverTests {
    let vectors: NoteVectors
    let first: SigningKey
    let second: SigningKey
    let third: SigningKey
    let origin: LogOrigin

    init() throws {
        vectors = try NoteVectors.load()
        first = try vectors.signing("first")
        second = try vectors.signing("second")
        third = try SigningKey(name: vectors.log, seed: [UInt8](repeating: 9, count: 32))
        origin = LogOrigin(vectors.log)
    }

    func handover(
        _ from: SigningKey, _ to: SigningKey, at size: UInt64, origin: LogOrigin? = nil
    ) throws -> [UInt8] {
        let origin = origin ?? self.origin
        let (from, to) = (try from.named(origin.text), try to.named(origin.text))
        return try KeyHandover(origin: origin, size: size, from: from.verifier, to: to.verifier)
            .signed(from: from, to: to).serialized
    }

    func note(_ size: UInt64, by key: SigningKey, origin: LogOrigin? = nil) throws -> [UInt8] {
        let name = (origin ?? self.origin).text
        return try Checkpoint(origin: name, size: size, root: .leaf([1])).signed(by: key.named(name)).serialized
    }

    @Test func `A handover made by another program is read, and ours is the same`() throws {
        let handover = try KeyHandover(note: Array(vectors.handover.utf8))
        #expect(handover.origin == origin && handover.size == 3)
        #expect(handover.from.text == vectors.text("first") && handover.to.text == vectors.text("second"))
        #expect(try self.handover(first, second, at: 3) == Array(vectors.handover.utf8))
        let keys = try LogKeys(anchor: handover.from, handovers: [Array(vectors.handover.utf8)])
        #expect(try keys.checkpoint(note: Array(vectors.threeBySecond.utf8)).size == 3)
    }

    @Test func `From the handover's size on only the new key counts, below it only the old one`() throws {
        let keys = try LogKeys(anchor: first.verifier, handovers: [handover(first, second, at: 10)])
        #expect(try keys.checkpoint(note: note(9, by: first)).size == 9)
        #expect(try keys.checkpoint(note: note(10, by: second)).size == 10)
        // A stolen old key signs nothing newer, and the new one does not reach back.
        #expect(throws: MerkleLogError(.signature, at: "missing")) { try keys.checkpoint(note: note(10, by: first)) }
        #expect(throws: MerkleLogError(.signature, at: "missing")) { try keys.checkpoint(note: note(99, by: first)) }
        #expect(throws: MerkleLogError(.signature, at: "missing")) { try keys.checkpoint(note: note(9, by: second)) }
        #expect(keys.current == second.verifier && keys.contains(first.verifier) && !keys.contains(third.verifier))
    }

    @Test func `Any key of the chain may be the one that the reader knows, and order and repetition do not matter`()
        throws
    {
        let notes = [
            try handover(second, third, at: 20), try handover(first, second, at: 10),
            try handover(first, second, at: 10),
        ]
        for anchor in [first, second, third] {
            let keys = try LogKeys(anchor: anchor.verifier, handovers: notes)
            #expect(keys.handovers.map(\.size) == [10, 20] && keys.current == third.verifier)
            for (size, key) in [(UInt64(1), first), (10, second), (19, second), (20, third)] {
                #expect(try keys.key(forSize: size, origin: origin) == key.verifier)
            }
        }
    }

    @Test func `A fork, a gap, a strange anchor and a returning key are no chain`() throws {
        let fourth = try SigningKey(name: vectors.log, seed: [UInt8](repeating: 8, count: 32))
        func refuse(_ notes: [[UInt8]], anchor: SigningKey, _ place: String) {
            #expect(throws: MerkleLogError(.handover, at: place)) {
                try LogKeys(anchor: anchor.verifier, handovers: notes)
            }
        }
        refuse([try handover(first, second, at: 10), try handover(first, third, at: 20)], anchor: first, "chain")
        refuse([try handover(first, second, at: 10), try handover(third, fourth, at: 20)], anchor: first, "chain")
        refuse([try handover(first, second, at: 10), try handover(second, third, at: 10)], anchor: first, "chain")
        refuse([try handover(first, second, at: 10), try handover(second, first, at: 20)], anchor: first, "chain")
        refuse([try handover(first, second, at: 10)], anchor: third, "anchor")
        let elsewhere = try handover(first, second, at: 10, origin: LogOrigin("elsewhere"))
        refuse([elsewhere], anchor: first, "origin")
    }

    @Test func `A handover that only one key has signed, or with other words, is none`() throws {
        let whole = String(decoding: try handover(first, second, at: 10), as: UTF8.self)
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        for left in [6, 7] {
            let one = lines.enumerated().filter { $0.offset != left }.map(\.element).joined(separator: "\n")
            #expect(throws: MerkleLogError(.signature, at: "missing")) { try KeyHandover(note: Array(one.utf8)) }
        }
        for (part, other) in [("\n10\n", "\n11\n"), ("/v1\n", "/v2\n"), ("\n10\n", "\n010\n"), ("\n10\n", "\n0\n")] {
            #expect(throws: MerkleLogError.self) {
                try KeyHandover(note: Array(whole.replacing(part, with: other, maxReplacements: 1).utf8))
            }
        }
        let stranger = try SigningKey(name: "x", seed: [UInt8](repeating: 1, count: 32)).verifier
        #expect(throws: MerkleLogError(.handover, at: "names")) {
            try KeyHandover(origin: origin, size: 1, from: first.verifier, to: stranger)
        }
        #expect(throws: MerkleLogError(.handover, at: "keys")) {
            try KeyHandover(origin: origin, size: 1, from: first.verifier, to: first.verifier)
        }
        #expect(throws: MerkleLogError(.handover, at: "keys")) {
            try KeyHandover(origin: origin, size: 1, from: first.verifier, to: second.verifier)
                .signed(from: second, to: first)
        }
    }

    @Test func `After a restore the same keys sign under the next name, and a smaller size there is a later one`()
        throws
    {
        let next = origin.next
        // Handed over at 100 before the restore to size 40.
        let keys = try LogKeys(anchor: first.verifier, handovers: [handover(first, second, at: 100)])
        #expect(try keys.checkpoint(note: note(41, by: second, origin: next)).size == 41)
        #expect(throws: MerkleLogError(.signature, at: "missing")) {
            try keys.checkpoint(note: note(41, by: first, origin: next))
        }
        #expect(try keys.checkpoint(note: note(41, by: first)).size == 41)
        // And handed over again behind the restore, at a size that was passed before.
        let again = try LogKeys(
            anchor: second.verifier,
            handovers: [handover(first, second, at: 100), handover(second, third, at: 60, origin: next)])
        #expect(try again.checkpoint(note: note(59, by: second, origin: next)).size == 59)
        #expect(try again.checkpoint(note: note(60, by: third, origin: next)).size == 60)
        #expect(throws: MerkleLogError(.key, at: "origin")) {
            try again.checkpoint(note: note(60, by: third, origin: LogOrigin("elsewhere")))
        }
    }

    @Test(
        arguments: [
            ("log", "log", 1), ("log/2", "log", 2), ("a/b/17", "a/b", 17), ("log/1", "log/1", 1),
            ("log/02", "log/02", 1),
            ("log/", "log/", 1), ("/2", "/2", 1), ("log/+2", "log/+2", 1), ("log/2/3", "log/2", 3),
            ("log/99999999999999999999", "log/99999999999999999999", 1),
        ] as [(String, String, UInt64)])
    func `A log's name and the number of its restores`(text: String, base: String, epoch: UInt64) {
        let origin = LogOrigin(text)
        #expect(origin.base == base && origin.epoch == epoch && origin.text == text)
        #expect(origin.next.epoch == epoch + 1 && LogOrigin(origin.next.text) == origin.next && origin < origin.next)
    }

    @Test func `No mutated handover gives another one (seeded)`() throws {
        let note = Array(vectors.handover.utf8)
        let whole = try KeyHandover(note: note)
        let seed = UInt64(20_261_152)
        var generator = SeededGenerator(state: seed)
        for round in 0..<1_500 {
            var bytes = note
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...2, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
            }
            let read = try? KeyHandover(note: bytes)
            #expect(read == nil || read == whole, "seed \(seed), round \(round)")
        }
    }
}
