import DICOM
import Foundation
import Testing

@testable import ImageClassifier

/// Bit identity on the official test images of ../shared (or of the folder IMAGING_GATEWAY_SHARED).
@Suite struct `On the official test images` {
    static let images: [URL] = {
        let root =
            ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).appending(path: "../../../../../shared").standardizedFileURL
        let folder = root.appending(path: "data/cxr-kermany-224/test")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        let images = files.compactMap { $0 as? URL }.filter { $0.pathExtension == "jpeg" }
        if images.isEmpty { print("SKIPPED: no official test images at \(folder.path)") }
        return images.sorted { $0.path < $1.path }
    }()

    /// The C library's way takes a hundred times as long: every 31st image in an ordinary run.
    static var stepOfBaseline: Int { ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] == "long" ? 1 : 31 }

    /// Decodes a JPEG by DCMTK's codec, as if it were a fragment of a DICOM file; grey is the first of equal samples.
    static func decoded(_ file: URL) throws -> Frame {
        let bytes = [UInt8](try Data(contentsOf: file))
        // SOF0: marker, length, precision, rows, columns, components (ITU-T T.81 B.2.2).
        let start = try #require(bytes.indices.dropLast(9).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        let (rows, columns) = (
            Int(bytes[start + 5]) << 8 | Int(bytes[start + 6]), Int(bytes[start + 7]) << 8 | Int(bytes[start + 8])
        )
        let samples = Int(bytes[start + 9])
        let colour = try DCMTKFrameDecoder().decode(
            EncodedFrame(
                transferSyntax: .jpegBaseline, rows: rows, columns: columns, samplesPerPixel: samples, bitsAllocated: 8,
                bitsStored: 8, highBit: 7, photometricInterpretation: samples == 3 ? "YBR_FULL_422" : "MONOCHROME2",
                fragments: [bytes]))
        let grey = stride(from: 0, to: colour.pixels.count, by: samples).map { colour.pixels[$0] }
        return try #require(
            Frame(
                rows: rows, columns: columns, bitsAllocated: 8, bitsStored: 8,
                photometricInterpretation: "MONOCHROME2", pixels: grey))
    }

    @Test(.enabled(if: !images.isEmpty, "../shared/data/cxr-kermany-224 is not here"))
    func `every path of this processor gives the same bits`() throws {
        let bundled = try BundledNetworks()
        var counts: [ConvolutionPath: Int] = [:]
        var scores: Set<Double> = []
        for (number, file) in Self.images.enumerated() {
            let input = try Preprocessing.prepare(
                try Self.decoded(file), header: acceptedHeader(), side: bundled.side
            ).input
            for (member, paths) in bundled.networks.enumerated() {
                var found: [UInt32]?
                for (path, network) in paths where path != .baseline || number.isMultiple(of: Self.stepOfBaseline) {
                    let map = try #require(network(input))
                    #expect(found == nil || found == map.bits, "\(file.lastPathComponent), \(path)")
                    found = map.bits
                    counts[path, default: 0] += 1
                    scores.insert(bundled.logit(map, member: member))
                }
            }
        }
        print("official test images, the same bits: \(counts.map { "\($0.key.rawValue) \($0.value)" }.sorted())")
        #expect(Self.images.count >= 400 && scores.count > Self.images.count / 2)
        #expect(counts.count == ConvolutionPath.available.count)
    }
}
