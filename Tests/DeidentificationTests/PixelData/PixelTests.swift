import DICOM
import Deidentification
import Foundation
import Sealing
import Testing

@Suite("PS3.15 §E.3.1: pixels")
struct PixelTests {
    private struct Liar: FrameDecoder {
        let change: @Sendable (Frame) -> Frame?

        func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
            guard let changed = change(try DCMTKFrameDecoder().decode(frame)) else { throw DICOMError(.decodeFailed) }
            return changed
        }
    }

    @Test("A decoder's answer counts only if its size and type are the header's")
    func decoderIsChecked() throws {
        let study = try deidentify(try SyntheticDX.study(), pseudonyms: try SyntheticDX.pseudonyms()).0
        #expect(try study.decoded(by: DCMTKFrameDecoder(), instance: 0).value.pixels.count == 512)
        let smaller = Liar { frame in
            Frame(
                rows: 8, columns: 16, bitsAllocated: 16, bitsStored: 12, photometricInterpretation: "MONOCHROME2",
                pixels: Array(frame.pixels.prefix(256)))
        }
        let inverted = Liar { frame in
            Frame(
                rows: 16, columns: 16, bitsAllocated: 16, bitsStored: 12, photometricInterpretation: "MONOCHROME1",
                pixels: frame.pixels)
        }
        for liar in [smaller, inverted] {
            #expect(throws: DICOMError(.decodeFailed, tag: .pixelData)) { try study.decoded(by: liar, instance: 0) }
        }
        #expect(throws: DICOMError(.noSuchFrame)) { try study.decoded(by: DCMTKFrameDecoder(), instance: 1) }
        #expect(study.header(instance: 1).value.isEmpty)
    }

    @Test("Overlays in unused bits become zero, pixels stay (PS3.5 §8.1.2)")
    func unusedBits() throws {
        var instance = try SyntheticDX.instance()
        guard case .native(var bytes)? = instance.pixelData else { return }
        let clean = bytes
        for index in stride(from: 1, to: bytes.count, by: 2) { bytes[index] |= 0x50 }
        instance.pixelData = .native(bytes)
        let study = Study(studyInstanceUID: try #require(UID(SyntheticDX.uid)), instances: [instance])
        let result = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms()).0.value
        #expect(result.instances[0].pixelData == .native(clean))
    }

    @Test(
        "Images that are likely to show text, and objects that are none, are refused",
        arguments: [
            (Tag.burnedInAnnotation, VR.CS, "YES", DeidentificationError.Code.burnedInAnnotation),
            (Tag.burnedInAnnotation, VR.CS, "no?", .burnedInAnnotation), (Tag.modality, .CS, "US", .burnedInAnnotation),
            (Tag.conversionType, .CS, "WSD", .burnedInAnnotation),
            (Tag.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.7", .burnedInAnnotation),
            (Tag.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.7.2", .burnedInAnnotation),
            (Tag.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.104.1", .unsupportedObject),
            (Tag.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.88.33", .unsupportedObject),
            (Tag.sopInstanceUID, .UI, "Jane", .missingInstanceUID),
            (Tag.studyInstanceUID, .UI, "1.2", .inconsistentStudy),
        ] as [(Tag, VR, String, DeidentificationError.Code)])
    func refused(tag: Tag, vr: VR, value: String, code: DeidentificationError.Code) throws {
        var header = SyntheticDX.header()
        header.set(tag, vr, value)
        var instance = try SyntheticDX.instance()
        instance.dataSet[tag] = header[tag]
        let study = Study(studyInstanceUID: try #require(UID(SyntheticDX.uid)), instances: [instance])
        do {
            _ = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms())
            Issue.record("not refused")
        } catch let error as DeidentificationError {
            #expect(error.code == code)
        }
    }

    @Test("An absent BurnedInAnnotation is not NO: the receipt says unchecked, the header is not changed")
    func unchecked() throws {
        var header = SyntheticDX.header()
        let declared = try deidentify(try SyntheticDX.study([header]), pseudonyms: try SyntheticDX.pseudonyms())
        #expect(declared.1.burnedIn == .declaredAbsent)
        header[.burnedInAnnotation] = nil
        let (result, receipt) = try deidentify(
            try SyntheticDX.study([header]), pseudonyms: try SyntheticDX.pseudonyms())
        #expect(receipt.burnedIn == .unchecked && result.header(instance: 0).value[.burnedInAnnotation] == nil)
    }

    @Test(
        "Comments and application segments leave a JPEG stream, its pixels stay", .enabled(if: Samples.isPresent),
        arguments: [
            "hip_cr_jpegll_mono2_10bit.dcm", "chest_pa_cr_jpegls_mono1_15bit.dcm",
            "hip_cr_jpegext12_mono2_10bit.dcm",
        ])
    func jpegComments(name: String) throws {
        var instance = try Instance(parsing: Samples.bytes(name))
        let decoder = try DCMTKFrameDecoder()
        let expected = try decoder.decode(instance.encodedFrame())
        guard case .encapsulated(let offsets, var fragments)? = instance.pixelData else { return }
        let text = Array("Canary^Jane".utf8)
        let segment = { (marker: UInt8) in [0xFF, marker, 0, UInt8(text.count + 2)] + text }
        fragments[0].insert(contentsOf: segment(0xFE) + segment(0xE1) + segment(0xED), at: 2)
        fragments[fragments.count - 1] += text
        instance.pixelData = .encapsulated(offsets: offsets, fragments: fragments)
        let study = Study(studyInstanceUID: try #require(instance.studyInstanceUID), instances: [instance])
        let result = try deidentify(
            study, pseudonyms: try SyntheticDX.pseudonyms(), pixels: PixelReader(decoder: decoder)
        ).0
        let bytes = try result.value.instances[0].serialized()
        #expect(!String(decoding: bytes, as: UTF8.self).contains("Canary"))
        #expect(try result.decoded(by: decoder, instance: 0).value == expected)
    }
}

/// The folder of public samples beside the repository.
enum Samples {
    static let folder =
        (ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(fileURLWithPath: $0) }
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared").standardizedFileURL)
        .appendingPathComponent("data/dicom-samples")

    static var isPresent: Bool {
        let present = FileManager.default.fileExists(atPath: folder.path)
        if !present { print("SKIPPED: no DICOM samples at \(folder.path)") }
        return present
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static var all: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".dcm") }
            .sorted()
    }
}
