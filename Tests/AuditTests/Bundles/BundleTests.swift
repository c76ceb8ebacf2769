import MerkleLog
import Sealing
import Testing

@testable import Audit

@Suite struct BundleTests {
    let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    @Test func `A bundle of some records proves them and says that completeness is not shown`() throws {
        let lines = try fixture.lines(of: [1, 4, 5], destroyed: [5])
        let result = verifyBundle(
            lines.flatMap { $0 }, trusted: fixture.key.verifier, witnesses: [fixture.witness.verifier])
        #expect(result.isIntact && result.isKeyTrusted, "\(result.problems)")
        #expect(result.entries == 3 && result.withoutRecord == 1 && result.leaves == 0 && result.leftOut == nil)
        #expect(result.checkpoint?.size == 11 && result.cosignatures[fixture.witness.verifier] == 1_790_000_000)
        #expect(result.header?.query == ["patient": "hospital|\(planted)"] && result.header?.timestamps == [[1, 2, 3]])
        #expect(result.statements.contains { $0.hasPrefix("Completeness is not shown") })
        #expect(result.statements.contains { $0.hasPrefix("Of 1 entries only the leaf") })
    }

    @Test func `It encloses the keys of certificates, and the record that names one is found`() throws {
        let lines = try fixture.lines(of: [1, 4, 5, 8], destroyed: [4])
        func found(_ digest: String, in lines: [[UInt8]]) -> UInt64? {
            var verifier = BundleVerifier(trusted: fixture.key.verifier, naming: digest)
            for line in lines { verifier.add(line: line) }
            return verifier.finish().named
        }
        #expect(found("d2", in: lines) == 5, "the record of 4 is destroyed")
        #expect(found("d4", in: lines) == 8 && found("d3", in: lines) == nil)
        let result = verifyBundle(lines.flatMap { $0 }, trusted: fixture.key.verifier)
        #expect(result.header?.certificateKeys == [try BundleFixture.certificateKey()] && result.named == nil)
        #expect(result.statements.contains { $0.contains("owner has signed that they are his") })
        // A record that is not the leaf's names nothing.
        let changed = lines.map { line in
            Array(String(decoding: line, as: UTF8.self).replacing(#"\"d4\""#, with: #"\"d7\""#).utf8)
        }
        #expect(changed != lines && found("d7", in: changed) == nil)
    }

    @Test func `A key of certificates has one form`() throws {
        let key = try BundleFixture.certificateKey()
        #expect(SignatureVerifier(text: key.text) == key)
        for wrong in [
            "", key.id, "\(key.text) ", " \(key.text)", key.text.replacing(" ", with: "  "),
            String(key.text.dropLast()),
            "0\(key.text.dropFirst())x", Base64URL.encode(key.publicKey), key.text.uppercased(),
        ] {
            #expect(SignatureVerifier(text: wrong) == nil, "\(wrong)")
        }
    }

    @Test func `Without a key from elsewhere a bundle proves only that it fits itself`() throws {
        let result = verifyBundle(try fixture.lines(of: [1]).flatMap { $0 })
        #expect(result.isIntact && !result.isKeyTrusted)
        #expect(result.statements[0].contains("anybody could have made the whole"))
        // A forger's own log is intact in itself and refused with the key.
        let forger = try SigningKey(name: BundleFixture.origin, seed: [UInt8](repeating: 99, count: 32))
        var header = try fixture.header(allLeaves: false, whole: false, by: forger)
        header.key = forger.verifier
        let forged = try fixture.lines(of: [1], by: forger, header: header).flatMap { $0 }
        #expect(verifyBundle(forged).isIntact)
        #expect(verifyBundle(forged, trusted: fixture.key.verifier).problems.map(\.code) == [.key])
    }

    @Test func `All leaves give the root, and what was left out of a correlation is counted`() throws {
        // c1 has 1, 5 and 9.
        let some = verifyBundle(try fixture.lines(of: [1, 5], allLeaves: true).flatMap { $0 })
        #expect(some.isIntact && some.leftOut == 1 && some.leaves == 9)
        #expect(some.statements.contains { $0.contains("1 further records share") })
        let whole = verifyBundle(try fixture.lines(of: [1, 5, 9], allLeaves: true, whole: true).flatMap { $0 })
        #expect(whole.isIntact && whole.leftOut == 0)
        #expect(whole.statements.contains { $0.contains("every record of each order or message") })
        let lacking = verifyBundle(try fixture.lines(of: [1, 5], allLeaves: true, whole: true).flatMap { $0 })
        #expect(lacking.problems.map(\.code) == [.leftOut])
    }

    @Test func `A bundle of nothing and a bundle of everything verify`() throws {
        #expect(verifyBundle(try fixture.lines(of: []).flatMap { $0 }).isIntact)
        let all = verifyBundle(try fixture.lines(of: Set(0..<11), allLeaves: true, whole: true).flatMap { $0 })
        #expect(all.isIntact && all.entries == 11 && all.leaves == 0)
    }

    @Test func `After a handover the newest key signs the bundle, the older one the older checkpoint`() throws {
        var fixture = fixture
        let newKey = try SigningKey(name: BundleFixture.origin, seed: [UInt8](repeating: 13, count: 32))
        fixture.handovers = [
            try KeyHandover(
                origin: LogOrigin(BundleFixture.origin), size: 12, from: fixture.key.verifier, to: newKey.verifier
            ).signed(from: fixture.key, to: newKey).serialized
        ]
        #expect(throws: AuditError(.bundle, at: "key")) { try fixture.lines(of: [1]) }
        let header = try fixture.header(allLeaves: false, whole: false)
        let lines = try fixture.lines(of: [1], by: newKey, header: header)
        for trusted in [fixture.key.verifier, newKey.verifier] {
            #expect(verifyBundle(lines.flatMap { $0 }, trusted: trusted).isIntact)
        }
        let old = try fixture.resealed(lines, by: fixture.key)
        #expect(verifyBundle(old.flatMap { $0 }).problems.map(\.code) == [.signature])
    }

    @Test func `A writer refuses what would not verify`() throws {
        var writer = try BundleWriter(fixture.header(allLeaves: true, whole: false))
        let proof = try fixture.tree.inclusionProof(index: 0, size: 11).path
        #expect(throws: AuditError(.bundle, at: "merkle.proof")) { try writer.entry(fixture.entries[1], proof: proof) }
        #expect(throws: AuditError(.bundle, at: "index")) { try writer.leaf(index: 1, fixture.entries[1].leaf) }
        #expect(throws: AuditError(.leafMalformed)) { try writer.leaf(index: 0, [0x7b]) }
        let swapped = AuditEntry(
            index: 0, leaf: fixture.entries[0].leaf, record: fixture.entries[0].record, body: fixture.entries[1].body)
        #expect(throws: AuditError(.bodyMismatch)) { try writer.entry(swapped, proof: proof) }
        _ = try writer.entry(fixture.entries[0], proof: proof)
        #expect(throws: AuditError(.bundle, at: "index")) { try writer.entry(fixture.entries[0], proof: proof) }
        #expect(throws: AuditError(.bundle, at: "root")) { try writer.trailer(signedBy: fixture.key) }
        var selected = try BundleWriter(fixture.header(allLeaves: false, whole: false))
        #expect(throws: AuditError(.bundle, at: "leaves")) { try selected.leaf(index: 0, fixture.entries[0].leaf) }
        let stranger = try SigningKey(name: BundleFixture.origin, seed: [UInt8](repeating: 1, count: 32))
        #expect(throws: AuditError(.bundle, at: "merkle.signature")) {
            try BundleWriter(fixture.header(allLeaves: false, whole: false, by: stranger))
        }
    }

    @Test func `No flipped bit, cut or repeated line of a bundle goes unseen (seeded)`() throws {
        let lines = try fixture.lines(of: [1, 4, 5], allLeaves: true, destroyed: [5])
        let bytes = lines.flatMap { $0 }
        #expect(verifyBundle(bytes).isIntact)
        let seed = UInt64(20_261_155)
        var generator = SeededGenerator(state: seed)
        for round in 0..<1_500 {
            var mutated = bytes
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...3, using: &generator) {
            case 0: mutated[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: mutated.removeSubrange(index...)
            case 2: mutated.insert(UInt8.random(in: 0...255, using: &generator), at: index)
            default: mutated.removeSubrange(index..<min(index + 50, bytes.count))
            }
            guard mutated != bytes else { continue }
            #expect(!verifyBundle(mutated).isIntact, "seed \(seed), round \(round)")
        }
    }
}
