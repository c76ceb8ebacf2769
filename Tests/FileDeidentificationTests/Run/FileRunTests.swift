import DICOM
import Deidentification
import Foundation
import JSON
import Sealing
import Synchronization
import Testing

@testable import FileDeidentification

/// Remembers what it is told; refuses from the n-th note on.
final class Listener: RunObserver {
    struct Refused: Error {}

    private let state = Mutex<(notes: Int, results: [FileResult])>((0, []))
    private let refusesAfter: Int

    init(refusesAfter: Int = .max) { self.refusesAfter = refusesAfter }

    var notes: Int { state.withLock { $0.notes } }
    var codes: [String] {
        state.withLock { state in
            state.results.compactMap { result in if case .leftOut(let code) = result.outcome { code } else { nil } }
                .sorted()
        }
    }

    func note(_ note: FileNote) async throws {
        let number = state.withLock { state in
            state.notes += 1
            return state.notes
        }
        guard number <= refusesAfter else { throw Refused() }
    }

    func finished(_ result: FileResult) async { state.withLock { $0.results.append(result) } }

    func looked(at count: Int, of total: Int) async {}
}

@Suite("A run over files")
struct FileRunTests {
    private func settings(_ folder: ScratchFolder) throws -> RunSettings {
        RunSettings(
            profile: try DeidentificationProfile.classifier(),
            pseudonyms: try Pseudonyms(key: [UInt8](repeating: 7, count: 32)), decoder: try InProcessFrameDecoder(),
            output: "\(folder.path)/out", jobs: 3)
    }

    /// A CT image; `more` changes its header.
    private func image(_ number: Int, study: String = "1.2.3", _ more: (inout DataSet) -> Void = { _ in }) throws
        -> [UInt8]
    {
        var header = DataSet()
        header.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.2")
        header.set(.sopInstanceUID, .UI, "\(study).4.\(number)")
        header.set(.studyInstanceUID, .UI, study)
        header.set(.seriesInstanceUID, .UI, "\(study).1")
        header.set(.modality, .CS, "CT")
        header.set(.patientName, .PN, "Quentinius^Walburga")
        header.set(.patientID, .LO, "QX-778812")
        header.set(.burnedInAnnotation, .CS, "NO")
        more(&header)
        let pixels = (0..<(40 * 30 * 2)).map { UInt8(truncatingIfNeeded: $0 &* (number + 3)) & 0x0F }
        let frame = try #require(
            Frame(
                rows: 40, columns: 30, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, highBit: 11,
                isSigned: false,
                photometricInterpretation: "MONOCHROME2", pixels: pixels))
        return try Instance(header: header, frame: frame).serialized()
    }

    private func results(_ folder: ScratchFolder) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(folder.path)/out")?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".dcm") }.sorted()
    }

    @Test("What comes of a file is what comes of it in memory, byte for byte")
    func sameAsInMemory() async throws {
        let folder = try ScratchFolder()
        let bytes = try image(1)
        try folder.write("in/a", bytes)
        let settings = try settings(folder)
        let summary = try await FileRun(settings, observer: Listener()).run([InputPath("\(folder.path)/in/a")])
        #expect(summary.instances == 1 && summary.certificates == 1 && summary.failures == 0)
        let study = Study(studyInstanceUID: try #require(UID("1.2.3")), instances: [try Instance(parsing: bytes)])
        let (inMemory, _) = try deidentify(study, pseudonyms: try Pseudonyms(key: [UInt8](repeating: 7, count: 32)))
        let path = try #require(results(folder).first)
        #expect(try folder.bytes("out/\(path)") == inMemory.value.instances[0].serialized())
    }

    @Test("Where the audit log cannot be written, nothing appears and the run ends")
    func auditFirst() async throws {
        let folder = try ScratchFolder()
        for number in 1...6 { try folder.write("in/\(number)", try image(number)) }
        let listener = Listener(refusesAfter: 2)
        let run = FileRun(try settings(folder), observer: listener)
        await #expect(throws: Listener.Refused.self) {
            _ = try await run.run((1...6).map { InputPath("\(folder.path)/in/\($0)") })
        }
        #expect(results(folder).count <= 2 && listener.notes >= 3)
    }

    @Test("A file fails alone, with its code")
    func failsAlone() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/good", try image(1))
        try folder.write("in/short", Array(try image(2).dropLast(200)))
        try folder.write("in/text", Array("hello".utf8))
        try folder.write("in/capture", try image(3) { $0.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.7") })
        let listener = Listener()
        let files = FileSelection(["\(folder.path)/in"])
        let summary = try await FileRun(try settings(folder), observer: listener).run(files.all)
        #expect(summary.instances == 1 && results(folder).count == 1)
        #expect(listener.codes == ["deidentification.burnedInAnnotation", "dicom.lengthBeyondEnd", "dicom.notPart10"])
    }

    @Test("A value of one image that names the patient of another of the study is found")
    func wholeIdentity() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/a", try image(1))
        try folder.write(
            "in/b",
            try image(2) { header in
                header.set(.patientName, .PN, "Nobody")
                header.set(Tag(0x0018, 0x1030), .LO, "Quentinius chest")
            })
        let files = FileSelection(["\(folder.path)/in"])
        let summary = try await FileRun(try settings(folder), observer: Listener()).run(files.all)
        #expect(summary.instances >= 1)
        for path in results(folder) {
            let text = String(decoding: try folder.bytes("out/\(path)"), as: UTF8.self)
            #expect(!text.contains("Quentinius"))
        }
    }
}
