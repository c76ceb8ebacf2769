import DICOM
import Foundation
import Testing

@Suite("What a sender controls is bounded before memory or a native library is used")
struct HostileInputTests {
    private static let sequence = Tag(0x0040, 0xA730)

    @Test("8,000 nested sequences are refused, of undefined and of defined length", arguments: [true, false])
    func nesting(undefined: Bool) {
        var dataSet: [UInt8] = []
        if undefined {
            for _ in 0..<8_000 { dataSet += Build.undefinedLength(Self.sequence, "SQ") + Build.item }
            for _ in 0..<8_000 { dataSet += Build.itemEnd + Build.sequenceEnd }
        } else {
            for _ in 0..<2_000 {
                let item = Build.tag(Tag(0xFFFE, 0xE000)) + Build.uint32(UInt32(dataSet.count)) + dataSet
                dataSet = Build.explicit(Self.sequence, "SQ", item)
            }
        }
        #expect(code(Build.file(Build.sopInstance + dataSet)) == .tooDeep)
    }

    @Test("16 nested sequences are read, 17 are not", arguments: [(16, nil), (17, DICOMError.Code.tooDeep)])
    func depth(levels: Int, expected: DICOMError.Code?) {
        var dataSet: [UInt8] = []
        for _ in 0..<levels { dataSet += Build.undefinedLength(Self.sequence, "SQ") + Build.item }
        for _ in 0..<levels { dataSet += Build.itemEnd + Build.sequenceEnd }
        #expect(code(Build.file(Build.sopInstance + dataSet)) == expected)
    }

    @Test("PS3.5 §6.2.2: UN of undefined length nests as deep as a sequence does")
    func unknownNesting() {
        var dataSet = Build.undefinedLength(Tag(0x0009, 0x1000), "UN")
        for _ in 0..<100 {
            dataSet += Build.item + Build.tag(Tag(0x0009, 0x1000)) + Build.uint32(.max)
        }
        #expect(code(Build.file(Build.sopInstance + dataSet)) == .tooDeep)
    }

    @Test("More than 100,000 elements are refused")
    func count() {
        let empty = Build.item + Build.itemEnd
        var dataSet = Build.undefinedLength(Self.sequence, "SQ")
        for _ in 0..<60_000 { dataSet += empty }
        #expect(code(Build.file(Build.sopInstance + dataSet + Build.sequenceEnd)) == .tooManyElements)
    }

    @Test("90,000 elements in one item are read in linear time")
    func flat() throws {
        var item: [UInt8] = []
        for index in 0..<90_000 {
            item += Build.text(Tag(0x0009 + 2 * UInt16(index / 60_000), 0x1000 + UInt16(index % 60_000)), "SH", "AB")
        }
        let sequence =
            Build.undefinedLength(Self.sequence, "SQ") + Build.item + item + Build.itemEnd + Build.sequenceEnd
        let dataSet = try Instance(parsing: Build.file(Build.sopInstance + sequence)).dataSet
        #expect(dataSet.items(Self.sequence).first?.count == 90_000)
    }

    @Test("A length beyond the end of file, sequence or item is refused")
    func lengths() {
        let name = Build.tag(.patientName) + Array("PN".utf8)
        #expect(code(Build.file(name + Build.uint16(40) + [0x41, 0x42])) == .lengthBeyondEnd)
        let item = Build.tag(Tag(0xFFFE, 0xE000)) + Build.uint32(8)
        let inside = Build.explicit(Self.sequence, "SQ", item + name + Build.uint16(2))
        #expect(code(Build.file(Build.sopInstance + inside + [0x41, 0x42])) == .lengthBeyondEnd)
        #expect(
            code(Build.file(Build.tag(.pixelData) + Array("OW".utf8) + [0, 0] + Build.uint32(0xFFFF_FFF0)))
                == .lengthBeyondEnd)
    }

    @Test("Undefined length is for sequences and encapsulated pixel data only (PS3.5 §7.1.2)")
    func undefinedLength() {
        #expect(code(Build.file(Build.undefinedLength(Tag(0x0028, 0x3006), "OW"))) == .undefinedLengthNotAllowed)
        #expect(code(Build.file(Build.undefinedLength(.pixelData, "OB"))) == .undefinedLengthNotAllowed)
        let fragments = Build.undefinedLength(.pixelData, "OB") + Build.tag(Tag(0xFFFE, 0xE000)) + Build.uint32(0)
        let file = Build.file(Build.sopInstance + fragments + Build.sequenceEnd, syntax: "1.2.840.10008.1.2.4.50")
        #expect(code(file) == nil)
    }

    @Test("An element twice, a command group, a delimiter in the wrong place are refused")
    func structure() {
        let name = Build.text(.patientName, "PN", "A^B")
        #expect(code(Build.file(Build.sopInstance + name + name)) == .duplicateElement)
        #expect(code(Build.file(Build.text(Tag(0x0000, 0x0002), "UI", "1.2"))) == .invalidTag)
        #expect(code(Build.file(Build.itemEnd)) == .unexpectedDelimiter)
        #expect(code(Build.file(Build.sopInstance + Build.tag(.patientName) + [0x3F, 0x3F, 0, 0])) == .invalidVR)
        #expect(code(Array(Build.file([]).prefix(131))) == .notPart10)
        #expect(code([UInt8](repeating: 0, count: 128) + Array("DICM".utf8)) == .missingTransferSyntax)
    }

    @Test(
        "A deflated data set that would grow beyond the limit is refused (PS3.5 §A.5)", .enabled(if: Shared.isPresent))
    func inflation() throws {
        let bytes = try Shared.bytes("image_dfl.dcm")
        #expect(bytes.count < 10_000)
        #expect(throws: DICOMError(.tooManyBytes)) { try Instance(parsing: bytes, limits: DICOMLimits(bytes: 20_000)) }
    }

    @Test(
        "6,000 mutated files: an instance or an error, never a crash; what is read can be written or says why not",
        .enabled(if: Shared.isPresent))
    func mutations() throws {
        let seed: UInt64 = 20_261_121
        print("parse mutations: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        // Small files, whole: a cut one would be refused for its length before anything else.
        let originals = try Shared.samples.map { try Shared.bytes($0.lastPathComponent) }.filter { $0.count < 40_000 }
        var read = 0
        var codes: [DICOMError.Code: Int] = [:]
        for round in 0..<6_000 {
            let mutated = mutate(originals[round % originals.count], &generator)
            do {
                let instance = try Instance(parsing: mutated, limits: DICOMLimits(bytes: 4 << 20))
                read += 1
                _ = try? instance.serialized()
                _ = instance.dataSet.json
                _ = try? instance.encodedFrame()
            } catch let error {
                codes[error.code, default: 0] += 1
            }
        }
        print("read \(read); refused \(codes.map { "\($0.key.rawValue) \($0.value)" }.sorted())")
        #expect(read > 100 && codes.count > 5, "the mutations should reach both outcomes")
    }

    private func mutate(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            // Most mutations hit the header, where the structure is.
            let place = Int.random(
                in: 0..<min(bytes.count, Bool.random(using: &generator) ? 2_000 : .max), using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = [0, 0xFF, 0xFE, 0x7F, 0x80].randomElement(using: &generator) ?? 0
            case 2: bytes.removeSubrange(place..<min(place + 8, bytes.count))
            case 3: bytes.insert(contentsOf: [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF], at: place)
            default: bytes.removeSubrange(min(max(place, 140), bytes.count)...)
            }
        }
        return bytes
    }

    private func code(_ bytes: [UInt8]) -> DICOMError.Code? {
        do {
            _ = try Instance(parsing: bytes)
            return nil
        } catch {
            return error.code
        }
    }
}
