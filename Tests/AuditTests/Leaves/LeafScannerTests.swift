import MerkleLog
import Sealing
import Testing

@testable import Audit

@Suite struct LeafScannerTests {
    /// Leaves of every event, phase and outcome, with and without subjects and roles.
    static func samples() throws -> [[UInt8]] {
        var records = AuditEventType.allCases.map { record($0) }
        for phase in [Phase.intent, .outcome(of: 0), .outcome(of: 987_654_321), .outcome(of: 999_999_999_999_999_999)] {
            for outcome in Outcome.allCases { records.append(record(phase: phase, outcome: outcome)) }
        }
        for accessClass in AccessClass.allCases {
            var plain = record()
            (plain.accessClass, plain.subjects, plain.roles) = (accessClass, [], [])
            records.append(plain)
            plain.roles = [.auditor, .operator, Role("")]
            records.append(plain)
        }
        return try leaves(records)
    }

    /// What both readers say of a leaf; the fast one may also say nothing.
    private func compare(_ leaf: [UInt8]) -> (isFast: Bool, agree: Bool) {
        guard let finding = LeafScanner.scan(leaf[...]) else { return (false, true) }
        guard let header = try? LeafHeader(parsing: leaf) else { return (true, false) }
        func text(_ range: Range<Int>) -> String { String(decoding: leaf[range], as: UTF8.self) }
        return (
            true,
            text(finding.log) == header.log && text(finding.event) == header.event
                && text(finding.correlation) == header.correlation && finding.phase == header.phase
        )
    }

    @Test func `Every leaf that the gateway writes is read by the fast reader, as by the other one`() throws {
        for leaf in try Self.samples() {
            let result = compare(leaf)
            #expect(result.isFast && result.agree, "\(String(decoding: leaf, as: UTF8.self))")
        }
    }

    @Test func `What is not plain goes to the reader that decides`() throws {
        var named = record(principal: Principal(kind: .user, name: "Jörg"))
        #expect(LeafScanner.scan(try leaves([named])[0][...]) == nil)
        named = record(principal: Principal(kind: .user, name: "a\"b"))
        let leaf = try leaves([named])[0]
        #expect(LeafScanner.scan(leaf[...]) == nil)
        var chunk = LeafChunk()
        chunk.append(index: 0, leaf: leaf)
        guard case .leaf(_, let phase, _, _) = chunk.scanned().leaves[0].form else {
            Issue.record("not read")
            return
        }
        #expect(phase == .single)
    }

    @Test func `The fast reader accepts nothing that the other one refuses, of 200,000 mutated leaves (seeded)`() throws
    {
        let samples = try Self.samples()
        let seed = UInt64(20_261_154)
        var generator = SeededGenerator(state: seed)
        // Pieces of which leaves are made, so that mutations stay near the grammar.
        let pieces = [
            #"""#, #"",""#, ":", ",", "[", "]", "{", "}", "0", "-0", "00", "1", "12", "4", "null", "true", #"\u0041"#,
            #"\""#,
            #""intent":1,"#, #""v":1"#, "A", "_", "=", " ", "\n", "\u{7f}", "é", "Z", "9999999999999999999",
            #""roles":[],"#,
        ].map { Array($0.utf8) }
        var (fast, wrong) = (0, 0)
        for round in 0..<200_000 {
            var leaf = samples[Int.random(in: 0..<samples.count, using: &generator)]
            for _ in 0...Int.random(in: 0...1, using: &generator) where !leaf.isEmpty {
                let index = Int.random(in: 0..<leaf.count, using: &generator)
                switch Int.random(in: 0...4, using: &generator) {
                case 0: leaf[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 1: leaf.remove(at: index)
                case 2: leaf.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: index)
                case 3: leaf[index] = UInt8.random(in: 0x20...0x7e, using: &generator)
                default: leaf.removeSubrange(index..<min(index + Int.random(in: 1...40, using: &generator), leaf.count))
                }
            }
            let result = compare(leaf)
            if result.isFast { fast += 1 }
            if !result.agree {
                wrong += 1
                Issue.record("seed \(seed), round \(round): \(String(decoding: leaf, as: UTF8.self))")
            }
            if wrong > 3 { return }
        }
        // Both ways must occur, or nothing is compared.
        #expect(fast > 10_000 && fast < 190_000)
    }

    @Test func `Too many elements, too long a leaf and too large a number are left to the other reader`() throws {
        var many = record()
        many.roles = (0...1_000).map { Role("r\($0)") }
        #expect(LeafScanner.scan(try leaves([many])[0][...]) == nil)
        let long = record(correlation: String(repeating: "c", count: 70_000))
        #expect(LeafScanner.scan(try leaves([long])[0][...]) == nil)
        let large = record(phase: .outcome(of: 1_000_000_000_000_000_000))
        let leaf = try leaves([large])[0]
        #expect(LeafScanner.scan(leaf[...]) == nil)
        #expect(try LeafHeader(parsing: leaf).phase.intent == 1_000_000_000_000_000_000)
    }

    @Test func `An index of minus zero is no integer of a leaf`() throws {
        let leaf = try leaves([record(phase: .outcome(of: 0))])[0]
        let text = String(decoding: leaf, as: UTF8.self).replacing(#""intent":0"#, with: #""intent":-0"#)
        #expect(throws: AuditError(.leafMalformed, at: "intent")) { try LeafHeader(parsing: Array(text.utf8)) }
    }

    @Test func `A header tells roles, purpose, class and how many subjects`() throws {
        let header = try LeafHeader(parsing: try leaves([record()])[0])
        #expect(header.roles == [.application] && header.purpose == .treatment)
        #expect(header.accessClass == .treatment && header.subjectCount == 2)
    }
}
