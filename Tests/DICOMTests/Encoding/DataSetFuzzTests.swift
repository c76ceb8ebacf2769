import DICOM
import Foundation
import Testing

/// Files by `FileGenerator`, damaged where the structure is. `IMAGING_GATEWAY_FUZZ=long` takes five million inputs.
@Suite("Data sets under fuzz (PS3.5 §7)")
struct DataSetFuzzTests {
    static let seed: UInt64 = 20_261_122
    /// Of so many inputs a task takes one piece.
    static let pieces = 16

    @Test("An instance or an error; what is held is no more than what came; writing reads back")
    func generated() async throws {
        let count = FuzzBudget.inputs(ordinary: 100_000)
        print("data set fuzz: \(count) inputs, seed \(Self.seed) (IMAGING_GATEWAY_FUZZ=long or a number for more)")
        let tally = await withTaskGroup(of: FileProperties.Tally.self) { group in
            for piece in 0..<Self.pieces {
                group.addTask { await Self.run(count / Self.pieces, seed: Self.seed &+ UInt64(piece) &* 0x9E37_79B9) }
            }
            return await group.reduce(FileProperties.Tally(), +)
        }
        print("data set fuzz: \(tally)")
        #expect(tally.inputs == count / Self.pieces * Self.pieces)
        // Neither all refused nor all undamaged, and the ways of being refused are many.
        #expect((tally.inputs / 5...tally.inputs * 9 / 10).contains(tally.read))
        #expect(tally.written > tally.read / 3 && tally.codes.count >= 12)
    }

    @concurrent
    private static func run(_ count: Int, seed: UInt64) async -> FileProperties.Tally {
        var generator = FileGenerator(seed: seed)
        var tally = FileProperties.Tally()
        for _ in 0..<count {
            let file = generator.next()
            do throws(BrokenPromise) {
                try FileProperties.check(file, &tally)
            } catch {
                Issue.record("\(error) seed \(seed): kept as \(FailCases.keep(file))")
                return tally
            }
        }
        return tally
    }

    @Test("Damaged samples likewise", .enabled(if: Shared.isPresent))
    func samples() throws {
        // Without their pixels, so that the damage meets the header.
        let originals = try Shared.samples.map { Array(try Shared.bytes($0.lastPathComponent).prefix(6_000)) }
        let count = FuzzBudget.inputs(ordinary: 100_000) / 20
        print("samples under fuzz: \(count) inputs, seed \(Self.seed)")
        var mutation = FileMutation(seed: Self.seed)
        var tally = FileProperties.Tally()
        for round in 0..<count {
            let file = mutation.mutate(originals[round % originals.count])
            do throws(BrokenPromise) {
                try FileProperties.check(file, &tally)
            } catch {
                // Nothing of a sample is kept: seed and round say which it is.
                Issue.record("\(error): seed \(Self.seed), round \(round)")
                return
            }
        }
        print("samples under fuzz: \(tally)")
        #expect(tally.codes.count >= 8)
    }

    @Test("What once failed holds: FailCases")
    func replay() throws {
        let cases = try FailCases.all()
        #expect(!cases.isEmpty)
        var tally = FileProperties.Tally()
        for (name, bytes) in cases {
            do throws(BrokenPromise) {
                try FileProperties.check(bytes, &tally)
            } catch {
                Issue.record("\(error): \(name)")
            }
        }
    }
}
