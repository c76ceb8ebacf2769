import DICOM
import Deidentification
import Foundation
import Testing

@Suite(
    "Pixels of public files before and after cleaning, decoded by GDCM",
    .enabled(if: Samples.isPresent && Tool.gdcmconv.isPresent))
struct SamplePixelsTests {
    private static let secret = Array("CANARY^JANE 4711".utf8)

    /// A comment where the stream may have one: behind SOI, or behind SIZ of a bare codestream. Nothing for RLE, which
    /// gets the text behind its last segment.
    private func planted(_ stream: [UInt8], _ syntax: TransferSyntax) -> [UInt8] {
        let length = [UInt8(0), UInt8(Self.secret.count + 2)]
        var result = stream
        if stream.starts(with: [0xFF, 0xD8]) {
            result.insert(contentsOf: [0xFF, 0xFE] + length + Self.secret, at: 2)
        } else if stream.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) {
            let size = Int(stream[4]) << 8 | Int(stream[5])
            let comment = [0xFF, 0x64, 0, UInt8(Self.secret.count + 4), 0, 1] + Self.secret
            result.insert(contentsOf: comment, at: 4 + size)
        }
        return result + Self.secret
    }

    private func raw(
        _ dataSet: DataSet, _ fileMeta: DataSet, _ pixels: PixelData, _ folder: TemporaryFolder, _ name: String
    )
        throws -> PixelData?
    {
        let file = try Instance(fileMeta: fileMeta, dataSet: dataSet, pixelData: pixels).serialized()
        try Data(file).write(to: folder.url(name))
        guard try Tool.run(Tool.gdcmconv, ["--raw", folder.path(name), folder.path("\(name).raw")]) == 0 else {
            return nil
        }
        return try Instance(parsing: [UInt8](Data(contentsOf: folder.url("\(name).raw")))).pixelData
    }

    @Test("Compressed: GDCM decodes the same, and what was planted is gone", arguments: Samples.all)
    func compressed(name: String) throws {
        guard let instance = try? Instance(parsing: Samples.bytes(name)), let syntax = instance.transferSyntax,
            case .encapsulated(let offsets, let fragments)? = instance.pixelData
        else { return }
        let cleaner = try FrameCleaner(header: instance.dataSet, transferSyntax: syntax)
        #expect(cleaner.way == .stripped)
        let folder = try TemporaryFolder()
        let before = try raw(
            instance.dataSet, instance.fileMeta, .encapsulated(offsets: offsets, fragments: fragments), folder, "before"
        )
        // One stream for each frame: the planted ones would not fit the table.
        guard
            case .encapsulated(_, let frames) = try cleaner.clean(.encapsulated(offsets: offsets, fragments: fragments))
        else { return }
        let planted = frames.map { self.planted($0, syntax) }
        let cleaned = try cleaner.clean(.encapsulated(offsets: [], fragments: planted))
        #expect(cleaned == .encapsulated(offsets: [], fragments: frames))
        let after = try raw(instance.dataSet, instance.fileMeta, cleaned, folder, "after")
        #expect(before != nil && before == after)
    }

    @Test("Native: every stored value is as it was", arguments: Samples.all)
    func native(name: String) throws {
        guard let instance = try? Instance(parsing: Samples.bytes(name)), let syntax = instance.transferSyntax,
            case .native(let bytes)? = instance.pixelData,
            let cleaner = try? FrameCleaner(header: instance.dataSet, transferSyntax: syntax),
            case .native(let cleaned) = try cleaner.clean(.native(bytes)),
            let allocated = instance.dataSet.int(.bitsAllocated), allocated == 8 || allocated == 16,
            let stored = instance.dataSet.int(.bitsStored), let high = instance.dataSet.int(.highBit)
        else { return }
        #expect(cleaned.count == cleaner.nativeLength)
        let mask = ((1 << stored) - 1) << (high + 1 - stored)
        func values(_ bytes: [UInt8]) -> [Int] {
            stride(from: 0, to: cleaner.nativeLength - allocated / 8 + 1, by: allocated / 8).map { start in
                (allocated == 8 ? Int(bytes[start]) : Int(bytes[start]) | Int(bytes[start + 1]) << 8) & mask
            }
        }
        #expect(values(cleaned) == values(bytes))
    }
}
