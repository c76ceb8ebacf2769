import Testing

@testable import MerkleLog

@Suite struct CheckpointTests {
    let key: SigningKey
    let checkpoint: Checkpoint

    init() throws {
        // RFC 8032 §7.1, test 1.
        key = try SigningKey(
            name: "gateway.example/log",
            seed: MerkleHash(hex: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").bytes)
        checkpoint = try Checkpoint(origin: "gateway.example/log", size: 7, root: .leaf([7]))
    }

    @Test func `The public key is that of RFC 8032 §7.1 test 1`() throws {
        #expect(
            try MerkleHash(bytes: key.verifier.publicKey).hex
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    }

    @Test func `A verifier key is name, key id and base64 of 01 and key (C2SP signed-note)`() throws {
        // An example key of the signed-note specification.
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        let key = try VerifierKey(parsing: text)
        #expect(key.name == "PeterNeumann")
        #expect(key.text == text)
        #expect(try VerifierKey(parsing: self.key.verifier.text) == self.key.verifier)
        for wrong in [
            "", "a+b", text.replacing("c74f", with: "c74e"), text.replacing("Peter", with: "Pe er"), text + "A",
        ] {
            #expect(throws: MerkleLogError.self) { try VerifierKey(parsing: wrong) }
        }
    }

    @Test func `The note of the signed-note specification verifies`() throws {
        let note = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """
        let key = try VerifierKey(parsing: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let parsed = try SignedNote(parsing: Array(note.utf8))
        try parsed.verify(key)
        #expect(parsed.serialized == Array(note.utf8))
        #expect(throws: MerkleLogError(.signature)) {
            try SignedNote(parsing: Array(note.replacing("don't", with: "do").utf8)).verify(key)
        }
    }

    @Test func `A checkpoint is origin, size and root, one line each (C2SP tlog-checkpoint)`() throws {
        #expect(checkpoint.text == "gateway.example/log\n7\n\(MerkleHash.leaf([7]).base64)\n")
        let note = try checkpoint.signed(by: key)
        #expect(try Checkpoint(note: note.serialized, signedBy: key.verifier) == checkpoint)
    }

    @Test func `Signatures of unknown keys are ignored, a missing one is not`() throws {
        let own = try checkpoint.signed(by: key)
        let other = try SigningKey(name: "witness", seed: [UInt8](repeating: 3, count: 32))
        let others = try checkpoint.signed(by: other)
        let lines = String(decoding: others.serialized, as: UTF8.self).split(separator: "\n\n")[1]
        let both = own.serialized + Array(lines.utf8)
        #expect(try Checkpoint(note: both, signedBy: key.verifier) == checkpoint)
        #expect(try Checkpoint(note: both, signedBy: other.verifier) == checkpoint)
        #expect(throws: MerkleLogError(.signature, at: "missing")) {
            try Checkpoint(note: others.serialized, signedBy: key.verifier)
        }
    }

    @Test(arguments: [
        "log\n07\nROOT\n", "log\n-1\nROOT\n", "log\n+7\nROOT\n", "log\n7\nAAAA\n", "\n7\nROOT\n", "log\n7\n",
        "log\n7\nROOT",
        "log\n7\nROOT\n\n", "a b\n7\nROOT\n", "log\n99999999999999999999\nROOT\n", "log\n\nROOT\n",
    ])
    func `Text that is no checkpoint is refused`(text: String) {
        #expect(throws: MerkleLogError.self) {
            try Checkpoint(text: text.replacing("ROOT", with: MerkleHash.empty.base64))
        }
    }

    @Test func `Size 0 and extension lines are read`() throws {
        let root = MerkleHash.empty.base64
        #expect(try Checkpoint(text: "log\n0\n\(root)\nextension 1\n").size == 0)
    }

    @Test func `No altered, cut or extended note gives another checkpoint (seeded mutations)`() throws {
        let note = try checkpoint.signed(by: key).serialized
        let seed = UInt64(20_261_121)
        var generator = SeededGenerator(state: seed)
        for round in 0..<4_000 {
            var mutated = note
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let index = Int.random(in: 0..<mutated.count, using: &generator)
                switch UInt8.random(in: 0...3, using: &generator) {
                case 0: mutated[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 1: mutated.remove(at: index)
                case 2: mutated.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: mutated.removeLast(Int.random(in: 0...min(3, mutated.count - 1), using: &generator))
                }
                if mutated.isEmpty { mutated = [0x0a] }
            }
            let read = try? Checkpoint(note: mutated, signedBy: key.verifier)
            #expect(read == nil || read == checkpoint, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [
        "", "a", "\n", "\n\n", "a\n\n", "a\n\n\n", "a\nb\n", "a\n\n— x AAAA\n", "a\n\n— x\n", "a\n\n- x AAAAAAA=\n",
    ])
    func `Bytes that are no signed note are refused`(text: String) {
        #expect(throws: MerkleLogError.self) { try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test func `A key with a bad name or length is refused, and a key prints no secret`() throws {
        #expect(throws: MerkleLogError(.key)) { try SigningKey(name: "a b", seed: [UInt8](repeating: 0, count: 32)) }
        #expect(throws: MerkleLogError(.key)) { try SigningKey(name: "a", seed: [1]) }
        var text = "\(key)"
        dump(key, to: &text)
        #expect(text.contains("gateway.example/log") && !text.contains("9d61") && !text.contains("157"))
    }
}
