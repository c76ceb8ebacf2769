import Testing

@testable import MerkleLog

@Suite struct WitnessTests {
    let key: SigningKey
    let witnessKey: WitnessSigningKey
    let tree = MerkleTree(leaves: (0..<20).map { MerkleHash.leaf([UInt8($0)]) })
    let log = "gateway.example/log"

    init() throws {
        key = try SigningKey(name: log, seed: [UInt8](repeating: 1, count: 32))
        witnessKey = try WitnessSigningKey(name: "witness.example/w1", seed: [UInt8](repeating: 3, count: 32))
    }

    func witness(at size: Int? = nil) throws -> Witness {
        Witness(key: witnessKey, logs: [key.verifier], latest: try size.map { [try checkpoint($0)] } ?? [])
    }

    func checkpoint(_ size: Int, origin: String? = nil) throws -> Checkpoint {
        let root = MerkleTree.root(of: tree.leaves.prefix(size))
        return try Checkpoint(origin: origin ?? log, size: UInt64(size), root: root)
    }

    func request(
        _ old: Int, _ new: Int, proof: [MerkleHash]? = nil, by other: SigningKey? = nil, origin: String? = nil
    ) throws -> AddCheckpointRequest {
        let path = old > 0 && old <= new ? try tree.consistencyProof(first: old, second: new).path : []
        return try AddCheckpointRequest(
            oldSize: UInt64(old), proof: proof ?? path,
            note: try checkpoint(new, origin: origin).signed(by: other ?? key))
    }

    @Test func `A witness cosigns every checkpoint that extends the one before, whatever the sizes`() throws {
        for old in 0...20 {
            for new in old...20 {
                var witness = try witness(at: old > 0 ? old : nil)
                let request = try request(old, new)
                let answer = witness.add(request, at: 1_790_000_000)
                guard case .cosigned(let signature) = answer else {
                    Issue.record("\(old) to \(new): \(answer)")
                    continue
                }
                #expect(answer.status == 200 && answer.body == signature.line + "\n")
                #expect(try request.note.adding([signature]).cosignature(of: witnessKey.verifier) == 1_790_000_000)
                #expect(witness.latest[log] == (try checkpoint(new)))
            }
        }
    }

    @Test func `The first checkpoint needs no proof, and a later one goes from the state that was stored`() throws {
        var witness = try witness()
        _ = witness.add(try request(0, 5), at: 1)
        var restarted = Witness(key: witnessKey, logs: [key.verifier], latest: Array(witness.latest.values))
        #expect(restarted.add(try request(5, 9), at: 2).status == 200)
        #expect(restarted.latest[log]?.size == 9)
        #expect(restarted.add(try request(5, 9), at: 3) == .conflict(size: 9))
    }

    @Test func `History that was rewritten gets no cosignature, and the state stays (C2SP tlog-witness)`() throws {
        var witness = try witness(at: 5)
        let other = MerkleTree(leaves: (0..<9).map { MerkleHash.leaf([UInt8($0) + 100]) })
        let fork = try Checkpoint(origin: log, size: 9, root: other.root).signed(by: key)
        let proof = try other.consistencyProof(first: 5, second: 9).path
        let forked = try AddCheckpointRequest(oldSize: 5, proof: proof, note: fork)
        #expect(witness.add(forked, at: 1) == .badProof)
        #expect(witness.add(try request(5, 9, proof: []), at: 1) == .badProof)
        #expect(witness.add(try request(5, 5, proof: [.empty]), at: 1) == .badProof)
        var fresh = try self.witness()
        #expect(fresh.add(try request(0, 9, proof: [.empty]), at: 1) == .badProof)
        // The same size with another root contradicts what the witness has cosigned.
        let twin = try Checkpoint(origin: log, size: 5, root: other.root).signed(by: key)
        let same = try AddCheckpointRequest(oldSize: 5, proof: [], note: twin)
        #expect(witness.add(same, at: 1) == .conflict(size: 5))
        #expect(witness.latest[log] == (try checkpoint(5)))
    }

    @Test func `A wrong old size is answered with the right one, as the specification wants it`() throws {
        var witness = try witness(at: 5)
        let answer = witness.add(try request(3, 9), at: 1)
        #expect(answer == .conflict(size: 5))
        #expect(answer.status == 409 && answer.body == "5\n" && answer.contentType == "text/x.tlog.size")
        #expect(witness.add(try request(0, 9), at: 1) == .conflict(size: 5))
        // An older log, such as one put back from a backup.
        #expect(witness.add(try request(5, 4), at: 1) == .badRequest)
        #expect(witness.add(try request(4, 4), at: 1) == .conflict(size: 5))
    }

    @Test func `An unknown log, a strange key and a body that is none are refused, each with its status`() throws {
        var witness = try witness()
        #expect(witness.add(try request(0, 5, origin: "elsewhere"), at: 1) == .unknownLog)
        #expect(witness.add(try request(0, 5, origin: log + "/2"), at: 1) == .unknownLog)
        let stranger = try SigningKey(name: log, seed: [UInt8](repeating: 9, count: 32))
        #expect(witness.add(try request(0, 5, by: stranger), at: 1) == .badSignature)
        #expect(witness.add(parsing: Array("old 0\n\nno note".utf8), at: 1) == .badRequest)
        let noCheckpoint = try SignedNote(text: "no checkpoint\n", signedBy: key)
        #expect(try witness.add(AddCheckpointRequest(oldSize: 0, proof: [], note: noCheckpoint), at: 1) == .badRequest)
        #expect(witness.add(try request(0, 5), at: .max) == .badRequest)
        #expect(witness.latest.isEmpty)
        let answers: [Witness.Answer] = [.unknownLog, .badSignature, .badRequest, .badProof, .conflict(size: 1)]
        #expect(answers.map(\.status) == [404, 403, 400, 422, 409])
    }

    @Test func `While a key is handed over either may sign`() throws {
        let newer = try SigningKey(name: log, seed: [UInt8](repeating: 2, count: 32))
        var witness = Witness(key: witnessKey, logs: [key.verifier, newer.verifier])
        #expect(witness.add(try request(0, 5), at: 1).status == 200)
        #expect(witness.add(try request(5, 9, by: newer), at: 1).status == 200)
    }
}

@Suite struct AddCheckpointRequestTests {
    let vectors: NoteVectors

    init() throws { vectors = try NoteVectors.load() }

    @Test func `A request made by another program is read, cosigned, and ours is the same`() throws {
        let request = try AddCheckpointRequest(parsing: Array(vectors.request.utf8))
        #expect(request.oldSize == 2 && request.proof == [.leaf([2])])
        #expect(request.serialized == Array(vectors.request.utf8))
        let log = try VerifierKey(parsing: vectors.text("first"))
        let two = try Checkpoint(note: Array((vectors.notes["two"] ?? "").utf8), signedBy: log)
        var witness = Witness(
            key: try vectors.witness("witness", name: "witness.example/w1"), logs: [log], latest: [two])
        let answer = witness.add(parsing: Array(vectors.request.utf8), at: vectors.time)
        #expect(vectors.cosigned.contains(answer.body) && answer.status == 200)
    }

    @Test func `The example of the specification is read`() throws {
        let text = """
            old 20852014
            PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
            jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
            5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
            /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
            — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

            """
        let request = try AddCheckpointRequest(parsing: Array(text.utf8))
        #expect(request.oldSize == 20_852_014 && request.proof.count == 4 && request.note.signatures.count == 2)
        #expect(try Checkpoint(text: request.note.text).size == 20_852_163)
        #expect(request.serialized == Array(text.utf8))
    }

    @Test(arguments: ["old -1", "old 01", "old +1", "old 1 ", "older 1", "", "old 99999999999999999999", "Old 1"])
    func `A first line that is no old size is refused`(line: String) throws {
        let body = vectors.request.replacing("old 2", with: line)
        #expect(throws: MerkleLogError(.request, at: "old size")) {
            try AddCheckpointRequest(parsing: Array(body.utf8))
        }
    }

    @Test func `Too long a proof and too long a body are refused`() throws {
        let note = try vectors.note("three")
        let many = [MerkleHash](repeating: .empty, count: 64)
        #expect(throws: MerkleLogError(.request, at: "proof")) {
            try AddCheckpointRequest(oldSize: 2, proof: many, note: note)
        }
        let body = vectors.request.replacing("old 2\n", with: "old 2\n" + many.map { "\($0.base64)\n" }.joined())
        #expect(throws: MerkleLogError(.request, at: "proof")) { try AddCheckpointRequest(parsing: Array(body.utf8)) }
        #expect(throws: MerkleLogError(.request, at: "length")) {
            try AddCheckpointRequest(parsing: [UInt8](repeating: 0x0a, count: 100_000))
        }
    }

    @Test func `Mutated requests are refused or are themselves whole (seeded)`() throws {
        let seed = UInt64(20_261_153)
        var generator = SeededGenerator(state: seed)
        for round in 0..<3_000 {
            var bytes = Array(vectors.request.utf8)
            for _ in 0...Int.random(in: 0...1, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert([0x0a, 0x20, 0x30, 0xff].randomElement(using: &generator) ?? 0, at: index)
                }
            }
            let read = try? AddCheckpointRequest(parsing: bytes)
            #expect(read == nil || read?.serialized == bytes, "seed \(seed), round \(round)")
        }
    }
}
