import Foundation
import Testing

@testable import DICOM

/// Bytes that count what is asked of them.
struct WatchedBytes: RandomAccessBytes {
    let all: [UInt8]
    private(set) var largest = 0
    private(set) var total = 0

    init(_ all: [UInt8]) { self.all = all }

    var count: Int { all.count }

    mutating func bytes(at offset: Int, count: Int) throws(DICOMError) -> [UInt8] {
        largest = max(largest, count)
        total += count
        return try BytesInMemory(all).bytes(at: offset, count: count)
    }
}

@Suite("PS3.10 §7: a file read frame by frame is the file read as a whole")
struct StoredInstanceTests {
    /// Both readings of the same bytes: equal in all that they answer, or both refuse.
    private func compare(_ bytes: [UInt8], _ what: String) throws {
        var file = BytesInMemory(bytes)
        let whole: Instance
        do {
            whole = try Instance(parsing: bytes)
        } catch {
            #expect(throws: DICOMError.self, "\(what): \(error.code) in memory") { try StoredInstance(reading: &file) }
            return
        }
        let stored: StoredInstance
        do {
            stored = try StoredInstance(reading: &file)
        } catch {
            // The only thing refused here alone: compressed pixels that are no sequence of items.
            let isNoSequence =
                if case .native? = whole.pixelData { whole.transferSyntax?.isEncapsulated == true } else { false }
            #expect(isNoSequence && error.code == .unsupportedTransferSyntax, "\(what): \(error)")
            return
        }
        #expect(stored.fileMeta == whole.fileMeta && stored.dataSet == whole.dataSet, "\(what)")
        #expect(stored.transferSyntax == whole.transferSyntax, "\(what)")
        #expect((stored.pixelData?.byteCount ?? 0) == (whole.pixelData?.byteCount ?? 0), "\(what)")
        if case .encapsulated(let offsets, let fragments)? = whole.pixelData {
            let own = try #require(stored.pixelData)
            #expect(own.basicOffsets == offsets && own.fragmentCount == fragments.count, "\(what)")
            for (index, fragment) in fragments.enumerated() {
                #expect(try own.fragment(index, from: &file) == fragment, "\(what), fragment \(index)")
            }
            if fragments.count == 1, whole.numberOfFrames == 1, let expected = try? whole.encodedFrame() {
                #expect(try stored.encodedFrame(of: fragments[0]) == expected, "\(what)")
            }
        }
        if case .native(let pixels)? = whole.pixelData, let own = stored.pixelData {
            for range in [0..<pixels.count, pixels.count / 3..<pixels.count, 1..<max(1, pixels.count / 2)] {
                #expect(try own.bytes(range, from: &file) == Array(pixels[range]), "\(what) \(range)")
            }
        }
    }

    @Test("All samples", .enabled(if: Shared.isPresent), arguments: SampleRow.all)
    func samples(row: SampleRow) throws { try compare(try Shared.bytes(row.file), row.file) }

    @Test("Mutated samples are refused by both, or read alike by both", .enabled(if: Shared.isPresent))
    func mutated() throws {
        let seed: UInt64 = 20_261_122
        print("StoredInstanceTests: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for url in Shared.samples {
            let original = try Shared.bytes(url.lastPathComponent)
            guard original.count < 200_000 else { continue }
            for round in 0..<40 {
                var bytes = original
                for _ in 0...Int.random(in: 0..<4, using: &generator) {
                    let place = Int.random(in: 128..<min(bytes.count, 4_000), using: &generator)
                    bytes[place] = UInt8.random(in: 0...255, using: &generator)
                }
                if round % 5 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count / 2, using: &generator)) }
                try compare(bytes, "\(url.lastPathComponent), round \(round)")
            }
        }
    }

    @Test("Only the header is read, whatever the pixels weigh, and each frame by itself")
    func onlyTheHeader() throws {
        let frame = 200_000
        let file = Generated.multiFrame(frames: 50, rows: 200, columns: 500)
        var watched = WatchedBytes(file)
        let stored = try StoredInstance(reading: &watched)
        #expect(file.count > 50 * frame && watched.total <= 70_000, "\(watched.total) bytes read")
        let pixels = try #require(stored.pixelData)
        let last = try stored.encodedFrame(of: try pixels.bytes((49 * frame)..<(50 * frame), from: &watched))
        #expect(watched.largest == frame)
        #expect(try last == Instance(parsing: file).encodedFrame(49))
    }

    @Test("A header longer than the first piece is read, and one longer than the limit is refused")
    func longHeader() throws {
        let long = Build.explicit(Tag(0x0009, 0x1001), "UN", [UInt8](repeating: 7, count: 300_000))
        let creator = Build.text(Tag(0x0009, 0x0010), "LO", "TEST")
        let bytes = Build.file(Build.sopInstance + creator + long)
        try compare(bytes, "long header")
        var file = BytesInMemory(bytes)
        #expect(throws: DICOMError.self) { try StoredInstance(reading: &file, headerLimit: 200_000) }
    }

    @Test("Elements behind Pixel Data belong to the data set; a second Pixel Data is refused")
    func behindPixelData() throws {
        let pixels = Build.explicit(.pixelData, "OW", [1, 2, 3, 4])
        let behind = Build.explicit(Tag(0x7FE1, 0x1010), "UN", Array("Quentin!".utf8))
        let padding = Build.explicit(Tag(0xFFFC, 0xFFFC), "OB", [UInt8](repeating: 0, count: 100))
        try compare(Build.file(Build.sopInstance + pixels + behind + padding), "behind")
        var file = BytesInMemory(Build.file(Build.sopInstance + pixels + behind + padding))
        let stored = try StoredInstance(reading: &file)
        #expect(stored.dataSet[Tag(0x7FE1, 0x1010)] != nil && stored.dataSet[Tag(0xFFFC, 0xFFFC)] == nil)
        var twice = BytesInMemory(Build.file(Build.sopInstance + pixels + pixels))
        let error = #expect(throws: DICOMError.self) { try StoredInstance(reading: &twice) }
        #expect(error?.code == .duplicateElement)
    }

    @Test(
        "Frames of single bits and of subsampled colour are as long as they are stored, not as they are decoded",
        arguments: [(1, 1, 16, "MONOCHROME2", 2), (8, 3, 4, "YBR_FULL_422", 8), (8, 3, 4, "YBR_FULL", 12)])
    func storedLength(bits: Int, samples: Int, columns: Int, photometric: String, length: Int) throws {
        var dataSet = DataSet()
        dataSet.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.7")
        dataSet.set(.sopInstanceUID, .UI, "1.2.3.4")
        for (tag, value) in [
            (Tag.rows, 1), (.columns, columns), (.samplesPerPixel, samples), (.bitsAllocated, bits),
            (.bitsStored, bits),
            (.highBit, bits - 1), (.pixelRepresentation, 0),
        ] { dataSet.set(tag, .US, value) }
        dataSet.set(.photometricInterpretation, .CS, photometric)
        dataSet.set(.numberOfFrames, .IS, "2")
        var meta = DataSet()
        meta.set(.transferSyntaxUID, .UI, "1.2.840.10008.1.2.1")
        let bytes = (0..<(2 * length)).map { UInt8(7 * $0 & 255) }
        let instance = Instance(fileMeta: meta, dataSet: dataSet, pixelData: .native(bytes))
        var file = BytesInMemory(try instance.serialized())
        let stored = try StoredInstance(reading: &file)
        let decoder = try InProcessFrameDecoder()
        for index in 0..<2 {
            let part = Array(bytes[(index * length)..<((index + 1) * length)])
            let frame = try stored.encodedFrame(of: part)
            #expect(try frame.fragments == [part] && frame == instance.encodedFrame(index))
            #expect(try decoder.decode(frame) == decoder.decode(instance.encodedFrame(index)))
            #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) {
                try stored.encodedFrame(of: Array(part.dropLast()))
            }
        }
    }

    @Test("PS3.5 §7.3: big endian words are turned, also where a part begins within one")
    func bigEndian() throws {
        func big(_ tag: Tag, _ vr: String, _ value: [UInt8]) -> [UInt8] {
            var header = [
                UInt8(tag.group >> 8), UInt8(tag.group & 0xFF), UInt8(tag.element >> 8), UInt8(tag.element & 0xFF),
            ]
            header += Array(vr.utf8)
            header += vr == "OW" ? [0, 0, 0, 0, 0, UInt8(value.count)] : [0, UInt8(value.count)]
            return header + value
        }
        let dataSet = big(.sopInstanceUID, "UI", Array("1.2.3.4\0".utf8)) + big(.pixelData, "OW", [1, 2, 3, 4, 5, 6])
        let bytes = Build.file(dataSet, syntax: "1.2.840.10008.1.2.2")
        try compare(bytes, "big endian")
        var file = BytesInMemory(bytes)
        let stored = try #require(try StoredInstance(reading: &file).pixelData)
        #expect(try stored.bytes(1..<4, from: &file) == [1, 4, 3])
        #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) { try stored.bytes(0..<7, from: &file) }
    }
}
