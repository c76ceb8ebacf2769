import DICOM
import Foundation
import Testing

/// Each bound is met exactly and passed by one (docs/integrate/dicomweb.md has the table).
@Suite("Limits of the reader: at the bound, and one above")
struct LimitTests {
    private static let sequence = Tag(0x0040, 0xA730)

    private func code(_ bytes: [UInt8], _ limits: DICOMLimits = .default) -> DICOMError.Code? {
        do {
            _ = try Instance(parsing: bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("Bytes of the file")
    func bytes() {
        let file = Build.file(Build.sopInstance)
        #expect(code(file, DICOMLimits(bytes: file.count)) == nil)
        #expect(code(file, DICOMLimits(bytes: file.count - 1)) == .tooManyBytes)
    }

    @Test("Elements and items: headers of the data set")
    func elements() {
        // The UID, the sequence, three items with their ends, the sequence's end.
        let items = (0..<3).flatMap { _ in Build.item + Build.itemEnd }
        let file = Build.file(
            Build.sopInstance + Build.undefinedLength(Self.sequence, "SQ") + items + Build.sequenceEnd)
        #expect(code(file, DICOMLimits(elements: 9)) == nil)
        #expect(code(file, DICOMLimits(elements: 8)) == .tooManyElements)
    }

    @Test("Fragments count as elements", arguments: [(6, nil), (5, DICOMError.Code.tooManyElements)])
    func fragments(limit: Int, expected: DICOMError.Code?) {
        let fragment = Build.tag(Tag(0xFFFE, 0xE000)) + Build.uint32(2) + [0, 0]
        let pixels = Build.undefinedLength(.pixelData, "OB") + fragment + fragment + fragment + Build.sequenceEnd
        let file = Build.file(Build.sopInstance + pixels, syntax: "1.2.840.10008.1.2.4.50")
        #expect(code(file, DICOMLimits(elements: limit)) == expected)
    }

    @Test("A depth that is asked for, up to 64", arguments: [(3, 3), (64, 64), (1_000, 64)])
    func depth(limit: Int, levels: Int) {
        func nested(_ levels: Int) -> [UInt8] {
            var dataSet: [UInt8] = []
            for _ in 0..<levels { dataSet += Build.undefinedLength(Self.sequence, "SQ") + Build.item }
            for _ in 0..<levels { dataSet += Build.itemEnd + Build.sequenceEnd }
            return Build.file(Build.sopInstance + dataSet)
        }
        #expect(code(nested(levels), DICOMLimits(depth: limit)) == nil)
        #expect(code(nested(levels + 1), DICOMLimits(depth: limit)) == .tooDeep)
    }

    @Test(
        "Item tags in front of the pixels, in values too",
        arguments: [(2_000, nil), (2_001, DICOMError.Code.tooManyElements)])
    func itemTags(count: Int, expected: DICOMError.Code?) {
        let value = (0..<count).flatMap { _ in [0xFE, 0xFF, 0x00, 0xE0] as [UInt8] }
        let file = Build.file(Build.sopInstance + Build.explicit(Tag(0x0042, 0x0011), "OB", value))
        #expect(code(file) == expected)
    }

    @Test(
        "A length that ends with its scope, and one byte more",
        arguments: [(4, nil), (5, DICOMError.Code.lengthBeyondEnd)])
    func length(length: Int, expected: DICOMError.Code?) {
        let name = Build.tag(.patientName) + Array("PN".utf8) + Build.uint16(UInt16(length)) + Array("AB^C".utf8)
        #expect(code(Build.file(Build.sopInstance + name)) == expected)
        let item = Build.tag(Tag(0xFFFE, 0xE000)) + Build.uint32(12) + name
        #expect(code(Build.file(Build.sopInstance + Build.explicit(Self.sequence, "SQ", item))) == expected)
    }

    @Test(
        "A deflated data set may become so many times as long; the ratio refuses before the absolute limit (PS3.5 §A.5)"
    )
    func inflation() throws {
        // Zeros: 2 MiB from some two thousand bytes, a thousand times.
        let dataSet =
            Build.sopInstance + Build.explicit(Tag(0x0042, 0x0011), "OB", [UInt8](repeating: 0, count: 2 << 20))
        let deflated = try deflate(dataSet)
        let file = Build.file(deflated, syntax: "1.2.840.10008.1.2.1.99", groupLength: true)
        let ratio = (dataSet.count + deflated.count - 1) / deflated.count
        #expect((500...1_032).contains(ratio))
        #expect(code(file, DICOMLimits(inflationRatio: ratio)) == nil)
        #expect(code(file, DICOMLimits(inflationRatio: ratio - 1)) == .decompressionRatioTooHigh)
        #expect(code(file) == .decompressionRatioTooHigh)
        #expect(code(file, DICOMLimits(bytes: 1 << 20)) == .tooManyBytes)
        #expect(code(file, DICOMLimits(bytes: dataSet.count, inflationRatio: .max)) == nil)
        #expect(code(file, DICOMLimits(bytes: dataSet.count - 1, inflationRatio: .max)) == .tooManyBytes)
    }

    @Test("The first MiB is not compared: an image without content is deflated to nearly nothing")
    func smallInflation() throws {
        let dataSet =
            Build.sopInstance + Build.explicit(Tag(0x0042, 0x0011), "OB", [UInt8](repeating: 0, count: 1_000_000))
        let file = Build.file(try deflate(dataSet), syntax: "1.2.840.10008.1.2.1.99", groupLength: true)
        #expect(code(file) == nil)
    }

    @Test("A stream that is no deflated one, and one that is cut off")
    func brokenInflation() throws {
        func code(_ deflated: [UInt8]) -> DICOMError.Code? {
            self.code(Build.file(deflated, syntax: "1.2.840.10008.1.2.1.99", groupLength: true))
        }
        #expect(code([0xFF, 0xFF, 0xFF, 0xFF]) == .inflateFailed)
        #expect(code([]) == .inflateFailed)
        let whole = try deflate(Build.sopInstance + Build.explicit(Tag(0x0042, 0x0011), "OB", Array(0...255)))
        #expect(code(whole) == nil)
        // The last byte may be padding.
        for missing in 2..<whole.count {
            #expect(code(Array(whole.prefix(whole.count - missing))) == .inflateFailed, "\(missing) bytes")
        }
        // Whole elements, but not the end of what was deflated: stored blocks of which the last one is missing.
        let first = Build.sopInstance
        let length = UInt16(first.count)
        let block = Build.uint16(length) + Build.uint16(~length) + first
        #expect(code([0] + block) == .inflateFailed)
        #expect(code([1] + block) == nil)
    }

    @Test("Samples of a decoded frame: 256 MiB")
    func frameSize() {
        func frame(rows: Int) throws(DICOMError) -> Instance {
            var dataSet = DataSet()
            for (tag, value) in [
                (Tag.samplesPerPixel, 1), (.rows, rows), (.columns, 16_384), (.bitsAllocated, 8),
                (.bitsStored, 8), (.highBit, 7), (.pixelRepresentation, 0),
            ] { dataSet.set(tag, .US, value) }
            dataSet.set(.photometricInterpretation, .CS, "MONOCHROME2")
            var meta = DataSet()
            meta.set(.transferSyntaxUID, .UI, "1.2.840.10008.1.2.1")
            return Instance(fileMeta: meta, dataSet: dataSet, pixelData: .native([0]))
        }
        func refusal(rows: Int) -> DICOMError.Code? {
            do throws(DICOMError) {
                _ = try frame(rows: rows).encodedFrame()
                return nil
            } catch {
                return error.code
            }
        }
        // Checked before the bytes are looked at, which are too few in both.
        #expect(refusal(rows: 16_384) == .pixelDataTooShort)
        #expect(refusal(rows: 16_385) == .tooManyPixels)
    }

    /// By zlib's own program in Python: this module has no compressor.
    private func deflate(_ bytes: [UInt8]) throws -> [UInt8] {
        let code =
            "import sys,zlib;c=zlib.compressobj(9,wbits=-15);d=sys.stdin.buffer.read();"
            + "o=c.compress(d)+c.flush();sys.stdout.buffer.write(o+bytes(len(o)%2))"
        let input = FileManager.default.temporaryDirectory.appendingPathComponent("deflate-\(UUID().uuidString)")
        try Data(bytes).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", code]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        try process.run()
        let result = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return [UInt8](result)
    }
}

extension Build {
    /// A file whose group 0002 says its length, as one with a deflated data set must.
    static func file(_ dataSet: [UInt8], syntax: String, groupLength: Bool) -> [UInt8] {
        let group = text(.transferSyntaxUID, "UI", syntax)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
            + explicit(Tag(0x0002, 0x0000), "UL", uint32(UInt32(group.count))) + group + dataSet
    }
}
