import Testing

@testable import MerkleLog

@Suite struct CosignatureTests {
    let vectors: NoteVectors
    let witness: WitnessVerifierKey
    let other: WitnessVerifierKey

    init() throws {
        vectors = try NoteVectors.load()
        witness = try WitnessVerifierKey(parsing: vectors.text("witness"))
        other = try WitnessVerifierKey(parsing: vectors.text("other"))
    }

    @Test func `Cosignatures made by another program verify and tell their time (C2SP tlog-cosignature)`() throws {
        let note = try SignedNote(parsing: Array(vectors.cosigned.utf8))
        #expect(note.cosignature(of: witness) == vectors.time)
        #expect(note.cosignature(of: other) == vectors.time + 7)
        // The log's own signature stands beside them untouched.
        try note.verify(VerifierKey(parsing: vectors.text("first")))
        #expect(String(decoding: note.serialized, as: UTF8.self) == vectors.cosigned)
    }

    @Test func `A cosignature of ours is byte for byte that of the other program`() throws {
        let key = try vectors.witness("witness", name: "witness.example/w1")
        #expect(key.verifier == witness && key.verifier.text == vectors.text("witness"))
        let note = try vectors.note("three")
        let line = try key.cosign(note.text, at: vectors.time).line
        #expect(vectors.cosigned.contains(line + "\n"))
        let cosigned = try note.adding([SignedNote.Signature(line: line)])
        #expect(cosigned.cosignature(of: witness) == vectors.time)
        #expect(try cosigned.adding([SignedNote.Signature(line: line)]) == cosigned)
    }

    @Test func `The example of the specification is read as it is framed`() throws {
        let line =
            "\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1n"
            + "PZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
        let signature = try SignedNote.Signature(line: line)
        #expect(signature.keyID == [0x8d, 0x66, 0xcf, 0x3f] && signature.bytes.count == 72)
        #expect(signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } == 1_679_315_147)
        #expect(signature.line == line)
    }

    @Test func `A cosignature counts for its own text, time and witness only`() throws {
        let key = try vectors.witness("witness", name: "witness.example/w1")
        let (two, three) = (try vectors.note("two"), try vectors.note("three"))
        let signature = try key.cosign(two.text, at: 5)
        #expect(try two.adding([signature]).cosignature(of: witness) == 5)
        #expect(try three.adding([signature]).cosignature(of: witness) == nil)
        #expect(try two.adding([signature]).cosignature(of: other) == nil)
        #expect(two.cosignature(of: witness) == nil)
        var later = signature.bytes
        later[7] = 6
        let moved = SignedNote.Signature(name: signature.name, keyID: signature.keyID, bytes: later)
        #expect(try two.adding([moved]).cosignature(of: witness) == nil)
        // One wrong line of a witness spoils the right one: somebody altered the note.
        #expect(try two.adding([signature, moved]).cosignature(of: witness) == nil)
        let short = SignedNote.Signature(name: signature.name, keyID: signature.keyID, bytes: [1, 2, 3])
        #expect(try two.adding([short]).cosignature(of: witness) == nil)
    }

    @Test func `A log's signature is no cosignature, and a key of one kind is none of the other`() throws {
        #expect(throws: MerkleLogError(.key)) { try WitnessVerifierKey(parsing: vectors.text("first")) }
        #expect(throws: MerkleLogError(.key)) { try VerifierKey(parsing: vectors.text("witness")) }
        let key = try WitnessSigningKey(name: vectors.log, seed: vectors.seed("first"))
        #expect(try vectors.note("two").cosignature(of: key.verifier) == nil)
        #expect(throws: MerkleLogError(.range, at: "time")) { try key.cosign("a\n", at: .max) }
        #expect(throws: MerkleLogError(.key)) { try WitnessSigningKey(name: "a b", seed: vectors.seed("first")) }
        var text = "\(key)"
        dump(key, to: &text)
        #expect(!text.contains("Curve") && text.contains("WitnessSigningKey"))
    }

    @Test func `More signatures than a note may have are refused`() throws {
        let note = try vectors.note("two")
        let many = (0..<100).map { SignedNote.Signature(name: "w\($0)", keyID: [1, 2, 3, 4], bytes: [5]) }
        #expect(throws: MerkleLogError(.note, at: "signatures")) { try note.adding(many) }
        #expect(try note.adding(Array(many.dropLast())).signatures.count == 100)
    }

    @Test func `Mutated answers of a witness are refused or are themselves lines (seeded)`() throws {
        let key = try vectors.witness("witness", name: "witness.example/w1")
        let answer = Array((try key.cosign(vectors.note("two").text, at: 5).line + "\n").utf8)
        #expect(try SignedNote.Signature.lines(answer).count == 1)
        let seed = UInt64(20_261_151)
        var generator = SeededGenerator(state: seed)
        for round in 0..<3_000 {
            var bytes = answer
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...2, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
            }
            guard let lines = try? SignedNote.Signature.lines(bytes) else { continue }
            let again = Array(lines.map { $0.line + "\n" }.joined().utf8)
            #expect(again == bytes, "seed \(seed), round \(round)")
        }
    }
}
