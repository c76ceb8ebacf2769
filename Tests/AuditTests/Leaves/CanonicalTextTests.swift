import FHIR
import JSON
import Sealing
import Testing

@testable import Audit

@Suite struct CanonicalTextTests {
    /// Old bodies were written through `JSONValue`, and their leaves commit to that very text.
    @Test func `A record's text is that of its JSON value, whatever stands in it`() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var random = Seeded(state: seed)
        for _ in 0..<2_000 {
            let record = random.record()
            let text = record.canonicalText(time: record.time.text)
            #expect(text == record.json.serialized(.canonical), "seed \(seed)")
            let leaf = try Leaf.prepare(record, log: random.text(), randomness: randomBytes)
            for bytes in [leaf.bytes, leaf.body] {
                #expect(try JSONValue(parsing: bytes).serialized(.canonical) == bytes, "seed \(seed)")
            }
        }
    }
}

private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }

    mutating func text() -> String {
        let pieces = [
            "a", "Z", "0", "\"", "\\", "\n", "\r", "\t", "\u{8}", "\u{c}", "\u{1}", "\u{1f}", "é", "日", "😀", "|",
        ]
        return (0..<Int.random(in: 0...6, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }

    mutating func record() -> AuditRecord {
        let phases: [Phase] = [.single, .intent, .outcome(of: .random(in: 0...1 << 40, using: &self))]
        var record = AuditRecord(
            event: AuditEventType.allCases.randomElement(using: &self) ?? .checkpoint,
            time: FHIRInstant(microsecondsSinceEpoch: .random(in: -1 << 40...1 << 51, using: &self)),
            phase: phases.randomElement(using: &self) ?? .single,
            outcome: Outcome.allCases.randomElement(using: &self) ?? .success,
            principal: Principal(kind: .user, name: text()),
            roles: (0..<Int.random(in: 0...2, using: &self)).map { _ in .auditor },
            purpose: PurposeOfUse(text()), accessClass: .operations, correlation: CorrelationID(value: text()))
        if Bool.random(using: &self) { record.code = text() }
        if Bool.random(using: &self) {
            record.peer = Peer(name: text(), address: Bool.random(using: &self) ? text() : nil)
        }
        for _ in 0..<Int.random(in: 0...3, using: &self) {
            record.subjects.append(Subject(type: .study, assigner: text(), identifier: text()))
            record.details[text()] = text()
        }
        return record
    }
}
