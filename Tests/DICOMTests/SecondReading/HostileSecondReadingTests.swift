import Foundation
import Testing

@testable import DICOM

@Suite("What DCMTK's recursive reader must not see is refused before")
struct HostileSecondReadingTests {
    @Test("Nesting and lengths are refused before DCMTK sees the bytes")
    func refused() {
        let sequence = Build.undefinedLength(.procedureCodeSequence, "SQ") + Build.item
        let deep = Build.file(Build.sopInstance + (0..<9_000).flatMap { _ in sequence })
        let long = Build.file(
            Build.sopInstance + Build.tag(.patientName) + Array("UT".utf8) + [0, 0] + Build.uint32(1 << 31))
        for (bytes, code) in [(deep, DICOMError.Code.tooDeep), (long, .lengthBeyondEnd)] {
            let error = #expect(throws: DICOMError.self) { _ = try AcceptedFile(parsing: bytes, limits: .default) }
            #expect(error?.code == code)
        }
    }

    /// DCMTK's dictionary calls (0029,10xx) of this creator a sequence; to the reader in Swift it is UN in implicit VR.
    private func hidden(levels: Int) -> [UInt8] {
        let start = Build.tag(.procedureCodeSequence) + Build.uint32(.max) + Build.item
        let inside =
            Build.item + (0..<levels).flatMap { _ in start }
            + (0..<levels).flatMap { _ in Build.itemEnd + Build.sequenceEnd } + Build.itemEnd
        return Build.file(
            Build.implicit(.sopInstanceUID, Array("1.2.3.4\0".utf8))
                + Build.implicit(Tag(0x0029, 0x0010), Array("CARDIO-D.R. 1.0 ".utf8))
                + Build.implicit(Tag(0x0029, 0x1000), inside),
            syntax: "1.2.840.10008.1.2")
    }

    @Test("Sequences hidden in a value are counted: 8,000 are refused, though they are no sequences here")
    func concealed() {
        #expect(throws: DICOMError(.tooManyElements)) { try Instance(parsing: hidden(levels: 8_000)) }
    }

    @Test("As many as are let pass leave DCMTK alive, whatever it makes of them")
    func passable() throws {
        let file = try AcceptedFile(parsing: hidden(levels: 1_990), limits: .default)
        #expect(file.instance.dataSet.bytes(Tag(0x0029, 0x1000)) != nil)
        var visited = try DCMTKFile(reading: file)
        var deepest = 0
        var depth = 0
        while let event = try visited.next() {
            if case .sequence = event { depth += 1 }
            if case .sequenceEnd = event { depth -= 1 }
            deepest = max(deepest, depth)
        }
        #expect(deepest == 1_991, "the hidden sequences are what DCMTK sees")
        _ = try Instance(parsing: hidden(levels: 1_990))
    }

    @Test("3,000 mutated headers: both readers agree or the file is refused, never a crash")
    func mutations() throws {
        let seed: UInt64 = 20_261_122
        print("second reading mutations: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var originals = [try Generated.instance().serialized(), hidden(levels: 3)]
        originals += try Shared.samples.map { try Shared.bytes($0.lastPathComponent) }.filter { $0.count < 40_000 }
        var outcomes: [String: Int] = [:]
        for round in 0..<3_000 {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                // Behind the preamble, and in place: structure that still hangs together gets furthest.
                let place = Int.random(in: 132..<min(bytes.count, 3_000), using: &generator)
                bytes[place] =
                    Bool.random(using: &generator)
                    ? bytes[place] ^ (1 << UInt8.random(in: 0..<8, using: &generator))
                    : UInt8.random(in: 0...255, using: &generator)
            }
            guard let file = try? AcceptedFile(parsing: bytes, limits: .default) else {
                outcomes["refused before", default: 0] += 1
                continue
            }
            do throws(DICOMError) {
                try SecondReading.check(file.instance, in: file)
                outcomes["agreed", default: 0] += 1
            } catch {
                outcomes[error.code.rawValue, default: 0] += 1
            }
        }
        print(outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        #expect(outcomes["refused before", default: 0] > 100 && outcomes["agreed", default: 0] > 500)
        #expect(outcomes["libraryFault"] == nil)
    }
}
