import Foundation
import Testing

@testable import HL7v2

/// Seeded mutations of the vectors. `IMAGING_GATEWAY_FUZZ=long` runs 10 million, a number runs so many.
@Suite("Damaged input")
struct FuzzTests {
    static let ordinary = 200_000
    static let seed: UInt64 = 20_260_301
    /// Of so many inputs a task takes one piece.
    static let pieces = 16

    static var count: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 10_000_000
        case let text?: Int(text) ?? ordinary
        case nil: ordinary
        }
    }

    static func corpus() throws -> [[UInt8]] {
        let files = ["orm-latin1.hl7", "omi-hl7apy.hl7", "other-delimiters.hl7", "nulls-and-empties.hl7"]
        let messages = try files.map { try Vectors.bytes($0) }
        let header = #"|^~\&|HIS|HOSP|IMGAI|RAD|20260301||||B1"# + "\r"
        let batch =
            Array("FHS\(header)BHS\(header)".utf8) + messages[0] + messages[1]
            + Array("BTS|2\rBHS\(header)BTS|0\rFTS|2\r".utf8)
        return try messages + [batch] + IndependentCharacterSetTests.rows().map(\.message)
    }

    @Test("seeded mutations break no promise: bytes kept, writing reads back, values replaced, a reply to each")
    func mutations() async throws {
        let corpus = try Self.corpus()
        let (count, seed) = (Self.count, Self.seed)
        print("HL7v2 fuzz: \(count) inputs, seed \(seed) (IMAGING_GATEWAY_FUZZ=long or a number for more)")
        let tally = try await withThrowingTaskGroup(of: Properties.Tally.self) { group in
            for piece in 0..<Self.pieces {
                group.addTask {
                    try await Self.run(corpus, count / Self.pieces, seed: seed &+ UInt64(piece) &* 0x9E37_79B9)
                }
            }
            return try await group.reduce(Properties.Tally(), +)
        }
        print("HL7v2 fuzz: \(tally)")
        #expect(tally.inputs == count / Self.pieces * Self.pieces)
        // Neither all refused nor all undamaged.
        #expect((tally.inputs / 4...tally.inputs * 9 / 10).contains(tally.read))
        #expect(tally.written > tally.read / 3 && tally.replaced > tally.read / 20 && tally.batches > tally.inputs / 50)
    }

    @concurrent
    private static func run(_ corpus: [[UInt8]], _ count: Int, seed: UInt64) async throws -> Properties.Tally {
        var mutation = Mutation(corpus, seed: seed)
        var properties = try Properties()
        for number in 0..<count {
            let bytes = mutation.next()
            do throws(BrokenPromise) {
                try properties.check(bytes, choice: number)
            } catch {
                // Of invented messages only. Add the line to Vectors/once-failed.txt and it is replayed for ever.
                Issue.record("\(error): \(number) \(Data(bytes).base64EncodedString())")
                return properties.tally
            }
        }
        return properties.tally
    }

    @Test("what once failed holds: Vectors/once-failed.txt")
    func replay() throws {
        let text = try String(contentsOf: Vectors.folder.appending(path: "once-failed.txt"), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count >= 3)
        for line in lines {
            let cells = line.split(separator: " ", maxSplits: 2)
            let number = try #require(cells.first.flatMap { Int($0) })
            let bytes = try #require(cells.count > 1 ? Data(base64Encoded: String(cells[1])) : nil)
            var properties = try Properties()
            do throws(BrokenPromise) {
                try properties.check([UInt8](bytes), choice: number)
            } catch {
                Issue.record("\(error): \(line)")
            }
        }
    }
}
