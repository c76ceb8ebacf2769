import JSON
import MerkleLog
import Sealing
import Testing

@testable import Audit

@Suite struct LeafTests {
    @Test func `A leaf is byte for byte what design §5 says`() throws {
        let leaf = try Leaf.prepare(record(), log: origin, randomness: counted)
        let text = String(decoding: leaf.bytes, as: UTF8.self)
        let salts = counted(96)
        let patient = Digest.sha256(Array(salts[32..<64]) + Array("patient|hospital|\(planted)".utf8)).base64url
        let study = Digest.sha256(Array(salts[64..<96]) + Array("study||1.2.840.99".utf8)).base64url
        let body = Digest.sha256(Array(salts[0..<32]) + record().json.serialized(.canonical)).base64url
        let expected =
            #"{"body":"\#(body)","class":"treatment","correlation":"c1","event":"study.retrieve","#
            + #""log":"gateway.example/log","outcome":0,"phase":"single","principal":"service|imaging-gateway","#
            + #""purpose":"TREAT","roles":["application"],"subjects":["\#(patient)","\#(study)"],"#
            + #""time":"2026-11-18T11:06:40.000042Z","v":1}"#
        #expect(text == expected)
        #expect(leaf.subjectValues == ["patient|hospital|\(planted)", "study||1.2.840.99"])
    }

    @Test func `An outcome names its intent by index`() throws {
        let leaf = try Leaf.prepare(
            record(phase: .outcome(of: 17), outcome: .seriousFailure), log: origin, randomness: counted)
        let text = String(decoding: leaf.bytes, as: UTF8.self)
        #expect(text.contains(#""intent":17,"log""#) && text.contains(#""outcome":8,"phase":"outcome""#))
        #expect(try LeafHeader(parsing: leaf.bytes).phase == .outcome(of: 17))
    }

    @Test func `No identifier stands in a leaf, and equal subjects look different in each`() throws {
        let first = try Leaf.prepare(record(), log: origin, randomness: randomBytes)
        let second = try Leaf.prepare(record(), log: origin, randomness: randomBytes)
        #expect(!String(decoding: first.bytes, as: UTF8.self).contains(planted))
        #expect(String(decoding: first.body, as: UTF8.self).contains(planted))
        let subjects = try [first, second].map { try JSONValue(parsing: $0.bytes)["subjects"] }
        #expect(subjects[0] != subjects[1])
    }

    @Test(arguments: AuditEventType.allCases)
    func `The body opens to the record, and only to its own leaf`(event: AuditEventType) throws {
        var original = record(event, principal: Principal(kind: .user, name: "root"))
        original.code = "pacs.http.503"
        let leaf = try Leaf.prepare(original, log: origin, randomness: randomBytes)
        #expect(try Leaf.open(leaf.bytes, body: leaf.body) == original)
        let other = try Leaf.prepare(original, log: origin, randomness: randomBytes)
        #expect(throws: AuditError(.bodyMismatch)) { try Leaf.open(leaf.bytes, body: other.body) }
    }

    @Test func `A changed body does not open`() throws {
        let leaf = try Leaf.prepare(record(), log: origin, randomness: randomBytes)
        let changed = String(decoding: leaf.body, as: UTF8.self).replacing(planted, with: "ZZ-4712-PLANTED")
        #expect(throws: AuditError(.bodyMismatch)) { try Leaf.open(leaf.bytes, body: Array(changed.utf8)) }
        #expect(throws: AuditError(.bodyMalformed)) { try Leaf.open(leaf.bytes, body: []) }
    }

    @Test func `Too little randomness is refused`() {
        #expect(throws: AuditError(.randomness)) {
            try Leaf.prepare(record(), log: origin, randomness: { _ in [1, 2, 3] })
        }
    }

    @Test(arguments: [
        (#","v":1}"#, #","v":2}"#, "v"), (#""phase":"single""#, #""phase":"maybe""#, "phase"),
        (#""outcome":0"#, #""outcome":3"#, "outcome"), (#""class":"treatment""#, #""class":"x""#, "class"),
        ("2026-11-18T11", "2026-11-18 11", "time"), (#","v":1}"#, #","v":1,"w":1}"#, "elements"),
        (#""purpose":"TREAT","#, "", "elements"), (#""event":"study.retrieve""#, #""event":"""#, "event"),
        (#","v":1}"#, #", "v":1}"#, "canonical form"), (#""roles":["application"]"#, #""roles":[1]"#, "roles"),
        (#""outcome":0"#, #""intent":1,"outcome":0"#, "canonical form"),
        (#""log":"#, #""intent":1,"log":"#, "phase"), (#""subjects":["#, #""subjects":["x","#, "subjects"),
    ])
    func `A leaf that breaks a rule is malformed`(part: String, replacement: String, place: String) throws {
        let leaf = try Leaf.prepare(record(), log: origin, randomness: counted)
        let text = String(decoding: leaf.bytes, as: UTF8.self)
        try #require(text.contains(part))
        #expect(throws: AuditError(.leafMalformed, at: place)) {
            try LeafHeader(parsing: Array(text.replacing(part, with: replacement).utf8))
        }
    }

    @Test func `Mutated leaves never crash the reader, and none passes for another leaf's tree hash (seeded)`() throws {
        let leaf = try Leaf.prepare(record(phase: .outcome(of: 3)), log: origin, randomness: counted).bytes
        let seed = UInt64(20_261_121)
        var generator = SeededGenerator(state: seed)
        for round in 0..<3_000 {
            var mutated = leaf
            let index = Int.random(in: 0..<mutated.count, using: &generator)
            switch UInt8.random(in: 0...2, using: &generator) {
            case 0: mutated[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: mutated.removeSubrange(index..<min(index + 4, mutated.count))
            default: mutated.insert(UInt8.random(in: 0...255, using: &generator), at: index)
            }
            if mutated == leaf { continue }
            _ = try? LeafHeader(parsing: mutated)
            #expect(frontier([mutated]).root != frontier([leaf]).root, "seed \(seed), round \(round)")
        }
    }

    @Test func `A mutated body never opens to another record (seeded)`() throws {
        let leaf = try Leaf.prepare(record(), log: origin, randomness: counted)
        let seed = UInt64(20_261_122)
        var generator = SeededGenerator(state: seed)
        for round in 0..<3_000 {
            var body = leaf.body
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let index = Int.random(in: 0..<body.count, using: &generator)
                if Bool.random(using: &generator) {
                    body[index] = UInt8.random(in: 0x20...0x7e, using: &generator)
                } else {
                    body.removeSubrange(index..<min(index + 3, body.count))
                }
                if body.isEmpty { body = [0x7b] }
            }
            let opened = try? Leaf.open(leaf.bytes, body: body)
            #expect(opened == nil || opened == record(), "seed \(seed), round \(round)")
        }
    }

    @Test func `Records and subjects print no identifier`() {
        var text = "\(record())" + "\(record().subjects)" + String(reflecting: record())
        dump(record(), to: &text)
        dump(record().subjects, to: &text)
        #expect(!text.contains(planted))
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
