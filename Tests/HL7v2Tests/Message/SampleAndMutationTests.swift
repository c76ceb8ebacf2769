import Foundation
import Testing

@testable import HL7v2

@Suite("Foreign and damaged input")
struct SampleAndMutationTests {
    /// Samples that are broken on purpose, and how.
    static let broken = ["invalid-segment-header-length.hl7": HL7v2Error.Code.segmentNameInvalid]

    @Test("every sample of the shared folder parses, unchanged, or says clearly why not")
    func samples() throws {
        let samples = Vectors.hl7Samples
        guard !samples.isEmpty else {
            print("SKIPPED: no ../shared/data/hl7-samples on this machine")
            return
        }
        #expect(samples.count == 81)
        for url in samples {
            let bytes = [UInt8](try Data(contentsOf: url))
            let expected = Self.broken[url.lastPathComponent]
            do throws(HL7v2Error) {
                let message = try Message(parsing: bytes)
                #expect(expected == nil && message.bytes == bytes, "\(url.lastPathComponent)")
                #expect(message.segments.first?.name == "MSH" && !message.messageControlID.isEmpty)
                touchEverything(message)
            } catch {
                #expect(error.code == expected, "\(url.lastPathComponent)")
            }
        }
    }

    /// Cuts, unescapes and decodes every leaf; the result is how many there are.
    @discardableResult
    private func touchEverything(_ message: Message) -> Int {
        var leaves = 0
        var seen: [String: Int] = [:]
        for segment in message.segments {
            seen[segment.name, default: 0] += 1
            for number in 1...12 {
                guard let base = try? FieldPath(parsing: "\(segment.name)[\(seen[segment.name] ?? 1)]-\(number)") else {
                    Issue.record("segment name without a path")
                    return leaves
                }
                for repetition in 1...min(max(message.repetitionCount(at: base), 1), 4) {
                    for (component, subcomponent) in [(1, 1), (2, 1), (4, 2)] {
                        let path = base.with(repetition: repetition).with(
                            component: component, subcomponent: subcomponent)
                        if message.value(at: path) != nil { leaves += 1 }
                    }
                }
            }
        }
        return leaves
    }

    @Test("20,000 seeded mutations neither crash nor change bytes, and each gets a reply")
    func mutations() throws {
        let seed: UInt64 = 20_260_301
        print("HL7v2 mutation seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let corpus = try ["orm-latin1.hl7", "omi-hl7apy.hl7", "other-delimiters.hl7", "nulls-and-empties.hl7"].map {
            try Vectors.bytes($0)
        }
        let context = AcknowledgmentContext(
            application: "IMGAI", facility: "RAD", messageControlID: "A1", time: try DTM(parsing: "20260301"))
        var parsed = 0
        for _ in 0..<20_000 {
            let bytes = Mutation.mutate(corpus, using: &random)
            let header = try? MessageHeader(parsing: bytes)
            var outcome = AcknowledgmentOutcome.accepted
            do throws(HL7v2Error) {
                let message = try Message(parsing: bytes)
                parsed += 1
                #expect(message.bytes == bytes)
                touchEverything(message)
            } catch {
                outcome = AcknowledgmentOutcome(error)
            }
            let plan = Acknowledgment.plan(for: header, outcome: outcome, context: context)
            if let reply = plan.reply { try check(reply) }
        }
        print("HL7v2 mutations: \(parsed) of 20000 parsed")
        #expect((2000...19_000).contains(parsed))
    }

    /// The reply reads again; only what it echoes of MSH-18 may name a set that we cannot read.
    private func check(_ reply: Acknowledgment) throws {
        do throws(HL7v2Error) {
            let message = try Message(parsing: reply.bytes)
            #expect(message.segments.prefix(2).map(\.name) == ["MSH", "MSA"])
        } catch {
            #expect(error.location == ErrorLocation(segment: "MSH", field: 18))
        }
    }

    @Test("a message at the limits is read in bounded time: work grows with its size")
    func large() throws {
        let line = "OBX|1|ED|PDF^Summary^99LOCAL|2|^application^pdf^Base64^" + String(repeating: "QUJD", count: 1000)
        let bytes = Array((MessageTests.header + "\r" + String(repeating: line + "\r", count: 4000)).utf8)
        #expect(bytes.count > 15_000_000)
        let message = try Message(parsing: bytes)
        #expect(message.segments.count == 4001)
        #expect(message.value(at: try FieldPath(parsing: "OBX[4000]-5.5"))?.utf8.count == 4000)
    }
}

/// Damages messages: bits, bytes, delimiters, cuts, copies and joins.
enum Mutation {
    static let interesting = Array("|^~\\&\r\n\"X.".utf8) + [0x00, 0x0B, 0x1C, 0x7F, 0x80, 0xC3, 0xEF, 0xFE, 0xFF]

    static func mutate(_ corpus: [[UInt8]], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            guard !bytes.isEmpty else { return bytes }
            let index = Int.random(in: bytes.indices, using: &random)
            let other = Int.random(in: bytes.indices, using: &random)
            let range = min(index, other)..<max(index, other)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[index] = interesting.randomElement(using: &random) ?? 0
            case 2: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: index)
            case 3: bytes.removeSubrange(range.prefix(20).startIndex..<min(range.upperBound, range.lowerBound + 20))
            case 4: bytes.insert(contentsOf: bytes[range].prefix(40), at: index)
            case 5: bytes = Array(bytes[..<index])
            default: bytes = Array(bytes[..<index]) + (corpus.randomElement(using: &random) ?? []).suffix(other)
            }
        }
        return bytes
    }
}
