import DICOM
import Deidentification
import Foundation
import JSON
import Sealing
import SecondOpinion
import Synchronization
import Testing

@testable import FileDeidentification

/// Remembers what it is told; refuses from the n-th note on, or certificates.
final class Listener: RunObserver {
    struct Refused: Error {}

    private let state = Mutex<(notes: Int, results: [FileResult], certificates: [String])>((0, [], []))
    private let refusesAfter: Int
    private let refusesCertificates: Bool

    init(refusesAfter: Int = .max, refusesCertificates: Bool = false) {
        self.refusesAfter = refusesAfter
        self.refusesCertificates = refusesCertificates
    }

    /// Digests of the certificates that were announced.
    var certificates: [String] { state.withLock { $0.certificates } }

    var notes: Int { state.withLock { $0.notes } }
    var codes: [String] {
        state.withLock { state in
            state.results.compactMap { result in if case .leftOut(let code, _) = result.outcome { code } else { nil } }
                .sorted()
        }
    }

    func note(_ note: FileNote) async throws {
        let number = state.withLock { state in
            state.notes += 1
            return state.notes
        }
        guard number <= refusesAfter else { throw Refused() }
        guard case .certificate(_, _, let digest, _) = note else { return }
        guard !refusesCertificates else { throw Refused() }
        state.withLock { $0.certificates.append(digest.hex) }
    }

    func finished(_ result: FileResult) async { state.withLock { $0.results.append(result) } }

    func looked(at count: Int, of total: Int) async {}
}

@Suite("A run over files")
struct FileRunTests {
    private func settings(_ folder: ScratchFolder) throws -> RunSettings {
        var settings = RunSettings(
            profile: try DeidentificationProfile.classifier(),
            pseudonyms: try Pseudonyms(key: [UInt8](repeating: 7, count: 32)), decoder: try InProcessFrameDecoder(),
            output: "\(folder.path)/out", jobs: 3)
        let key = try SignatureKey(seed: Secret([UInt8](repeating: 9, count: 32)))
        (settings.signingKey, settings.verifiers) = (key, [key.verifier])
        return settings
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

    /// All files that are there.
    private func all(_ folder: ScratchFolder) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(folder.path)/out")?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".dcm") || $0.hasSuffix(".json") }.sorted()
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

    @Test("Two studies of a patient whose Patient ID cannot be decoded: what one tells is looked for in the other")
    func undecodableIdentifier() async throws {
        let folder = try ScratchFolder()
        /// An identifier in bytes that the declared character set does not have.
        func file(_ study: String, _ name: String) throws -> [UInt8] {
            let bytes = try image(1, study: study) { header in
                header.set(.specificCharacterSet, .CS, "ISO_IR 192")
                header.set(.patientID, .LO, "QXQX7788")
                header.set(.patientName, .PN, name)
                header.set(.manufacturerModelName, .LO, "Model of Walburga")
            }
            let mark = try #require(Data(bytes).range(of: Data("QXQX".utf8))?.lowerBound)
            return Array(bytes[..<mark]) + [0xE4, 0xF6, 0xFC, 0xE4] + bytes[(mark + 4)...]
        }
        try folder.write("in/a", try file("1.2.3", "Quentinius^Walburga"))
        try folder.write("in/b", try file("1.2.7", "Qu"))
        let listener = Listener()
        let summary = try await FileRun(try settings(folder), observer: listener).run(
            ["a", "b"].map { InputPath("\(folder.path)/in/\($0)") })
        #expect(listener.codes == [])
        #expect(summary.instances == 2)
        let written = try results(folder).map { try Instance(parsing: try folder.bytes("out/\($0)")).dataSet }
        #expect(written.count == 2 && Set(written.map { $0.string(.patientID) }).count == 1)
        #expect(written.allSatisfy { $0.string(.manufacturerModelName) == nil })
    }

    /// A JPEG of nothing, of two frames; the second has so many lines.
    private func compressed(lines: UInt8) throws -> [UInt8] {
        func jpeg(_ lines: UInt8) -> [UInt8] {
            let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0, lines, 0, 30, 1, 1, 0x11, 0]
            return [0xFF, 0xD8] + frame + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0xD9]
        }
        var instance = try Instance(parsing: try image(1))
        for (tag, value) in [(Tag.bitsAllocated, 8), (.bitsStored, 8), (.highBit, 7)] {
            instance.dataSet.set(tag, .US, value)
        }
        instance.dataSet.set(.numberOfFrames, .IS, "2")
        instance.fileMeta.set(.transferSyntaxUID, TransferSyntax.jpegBaseline.uid)
        instance.pixelData = .encapsulated(offsets: [], fragments: [jpeg(40), jpeg(lines)])
        return try instance.serialized()
    }

    @Test("Of a file whose second compressed frame is larger than its header nothing is written")
    func largerStream() async throws {
        for (lines, code) in [(40, nil), (200, "deidentification.pixelDataNotCleanable")] as [(UInt8, String?)] {
            let folder = try ScratchFolder()
            try folder.write("in/a", try compressed(lines: lines))
            let listener = Listener()
            let summary = try await FileRun(try settings(folder), observer: listener).run([
                InputPath("\(folder.path)/in/a")
            ])
            #expect(summary.instances == (code == nil ? 1 : 0))
            #expect(listener.codes == [code].compactMap { $0 })
            #expect(results(folder).count == (code == nil ? 1 : 0))
        }
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

    @Test("Each certificate is announced by its digest; what cannot be announced is not there, nor its study's results")
    func certificateFirst() async throws {
        let folder = try ScratchFolder()
        for number in 1...4 { try folder.write("in/\(number)", try image(number)) }
        let files = (1...4).map { InputPath("\(folder.path)/in/\($0)") }
        let refused = Listener(refusesCertificates: true)
        await #expect(throws: Listener.Refused.self) {
            _ = try await FileRun(try settings(folder), observer: refused).run(files)
        }
        #expect(all(folder) == [])
        let listener = Listener()
        let summary = try await FileRun(try settings(folder), observer: listener).run(files)
        #expect(summary.instances == 4 && summary.certificates == 1)
        let certificate = try #require(all(folder).first { $0.hasSuffix("certificate.json") })
        #expect(listener.certificates == [Digest.sha256(try folder.bytes("out/\(certificate)")).hex])
    }

    @Test("What an earlier run made stays where the certificate for more cannot be announced")
    func earlierStays() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/1", try image(1))
        _ = try await FileRun(try settings(folder), observer: Listener()).run([InputPath("\(folder.path)/in/1")])
        let before = all(folder)
        try folder.write("in/2", try image(2))
        var settings = try settings(folder)
        settings.resumes = true
        let files = (1...2).map { InputPath("\(folder.path)/in/\($0)") }
        await #expect(throws: Listener.Refused.self) {
            _ = try await FileRun(settings, observer: Listener(refusesCertificates: true)).run(files)
        }
        #expect(all(folder) == before && before.count == 3)
    }

    @Test("After a change of the signing key, what the earlier one certified is certified; a stranger's is not")
    func earlierKey() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/1", try image(1))
        let files = [InputPath("\(folder.path)/in/1")]
        var settings = try settings(folder)
        _ = try await FileRun(settings, observer: Listener()).run(files)
        let key = try SignatureKey(seed: Secret([UInt8](repeating: 10, count: 32)))
        settings.signingKey = key
        settings.verifiers.append(key.verifier)
        settings.resumes = true
        let again = try await FileRun(settings, observer: Listener()).run(files)
        #expect(again.present == 1 && again.certificates == 0)
        settings.verifiers = [key.verifier]
        #expect(try await FileRun(settings, observer: Listener()).run(files).failures == 1)
    }

    @Test("A result that other pixel rules made is not taken for what this run would make")
    func otherPixelRules() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/1", try image(1))
        let files = [InputPath("\(folder.path)/in/1")]
        var settings = try settings(folder)
        _ = try await FileRun(settings, observer: Listener()).run(files)
        settings.resumes = true
        #expect(try await FileRun(settings, observer: Listener()).run(files).present == 1)
        settings.burnedIn = BurnedInPolicy(gate: .risky)
        let listener = Listener()
        #expect(try await FileRun(settings, observer: listener).run(files).failures == 1)
        #expect(listener.codes == ["file.exists"])
    }

    @Test("A result that was not sealed for the same recipients is not taken for one that is")
    func otherRecipients() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/1", try image(1))
        let files = [InputPath("\(folder.path)/in/1")]
        var settings = try settings(folder)
        _ = try await FileRun(settings, observer: Listener()).run(files)
        settings.resumes = true
        #expect(try await FileRun(settings, observer: Listener()).run(files).present == 1)
        settings.recipients = try EnvelopeRecipients(pem: Array(Self.certificate.utf8))
        let listener = Listener()
        #expect(try await FileRun(settings, observer: listener).run(files).failures == 1)
        #expect(listener.codes == ["file.exists"])
        settings.output = "\(folder.path)/sealed"
        #expect(try await FileRun(settings, observer: Listener()).run(files).instances == 1)
        #expect(try await FileRun(settings, observer: Listener()).run(files).present == 1)
        settings.recipients = nil
        #expect(try await FileRun(settings, observer: Listener()).run(files).failures == 1)
    }

    private static func shifted() throws -> DeidentificationProfile {
        try DeidentificationProfile(
            yaml: """
                version: 1
                name: shifted
                release: "1"
                summary: For tests.
                edition: 2024b
                options: [basic, retainModifiedDates]
                textGate: never
                pseudonyms: keyed
                """)
    }

    @Test("Dates of one study move by one shift: an issuer counts for all, and several patients are refused")
    func onePatient() async throws {
        let folder = try ScratchFolder()
        var settings = try settings(folder)
        settings.profile = try Self.shifted()
        let day = { (header: inout DataSet) in header.set(.studyDate, .DA, "20260102") }
        try folder.write("in/a", try image(1, day))
        try folder.write(
            "in/b",
            try image(2) { header in
                day(&header)
                header.set(.issuerOfPatientID, .LO, "HOSP")
            })
        // Another study, of two.
        try folder.write("in/c", try image(3, study: "1.2.4", day))
        try folder.write(
            "in/d",
            try image(4, study: "1.2.4") { header in
                day(&header)
                header.set(.patientID, .LO, "QX-778813")
            })
        let listener = Listener()
        let summary = try await FileRun(settings, observer: listener).run(FileSelection(["\(folder.path)/in"]).all)
        #expect(summary.instances == 2)
        #expect(listener.codes.count == 2 && Set(listener.codes) == ["deidentification.patientAmbiguous"])
        let written = try results(folder).map { try Instance(parsing: try folder.bytes("out/\($0)")).dataSet }
        #expect(Set(written.map { $0.string(.studyDate) }).count == 1)
        #expect(Set(written.map { $0.string(.patientID) }).count == 1)
    }

    @Test("Where dates are moved, one search serves all images of a study with the same days")
    func searches() throws {
        let folder = try ScratchFolder()
        var settings = try settings(folder)
        settings.profile = try Self.shifted()
        let work = StudyWork(try #require(UID("1.2.3")), patients: [KnownIdentity()], files: 20, settings)
        func search(_ number: Int, _ day: String) throws {
            let instance = try Instance(
                parsing: try image(number) { header in
                    header.set(.studyDate, .DA, "20260102")
                    header.set(.contentDate, .DA, day)
                })
            var deidentifier = try work.deidentifier()
            let rewritten = try deidentifier.rewrite(instance.dataSet, transferSyntax: .explicitVRLittleEndian)
            _ = try work.search(for: deidentifier, having: WrittenDays(rewritten.dataSet))
        }
        for number in 1...9 { try search(number, "20260102") }
        #expect(work.searchesKept == 1)
        for number in 10...12 { try search(number, "20260103") }
        #expect(work.searchesKept == 2)
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

    /// Of a key that was thrown away.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDCTCCAfGgAwIBAgIUWkC0JTMYitoDcFMBjblNRlCO0F8wDQYJKoZIhvcNAQEL
        BQAwFDESMBAGA1UEAwwJcmVjaXBpZW50MB4XDTI2MTEyMjA2NTYwN1oXDTM2MTEx
        OTA2NTYwN1owFDESMBAGA1UEAwwJcmVjaXBpZW50MIIBIjANBgkqhkiG9w0BAQEF
        AAOCAQ8AMIIBCgKCAQEAsv4aVhvxsy8wQpEJw1u1Ml0B11dTFO4Gy6ekTcjIY3CS
        xzL2fg9zRFRHJqNnC+nfxFXpATlDdmaltfO2jIQQgRgKwqvcD1zk2Q6PMyaJiCjP
        EQXffDsK4qHw9lEYd04OmEPss2zlMXEnl7yLndOnQlAhf1cDKCmTnDCRXu4HmrNO
        XKb4MhFN/88A4PqEiuTV6zPHSt/PEEDcTp4STNBMzKCtkl3nuIXQDPNGhchOSfyR
        R5fkPDvujrmFZayfxT9iQg8jkT65DIRZ1kC7UhcAginkR4h9yrLnAYZV4FUaWZ6Y
        KHJuAuju5afpEUT7TUuIlyzi8K6OSNoTmgbF5GPdiQIDAQABo1MwUTAdBgNVHQ4E
        FgQU5mOOMtULL6I214q0C6lqcUAINrIwHwYDVR0jBBgwFoAU5mOOMtULL6I214q0
        C6lqcUAINrIwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAT4Yl
        DzXHCVJ0B26RAydwU5gBIkkDoyt6KSmt/UzG0g8W4yDElc7LXj1M/chwhpMBaPjV
        j3ImyRrev1nf8KRJHoueK/ONdjW1SmB/NuvdcgqAUh032+k1qzJ9oqijOnG4X+KD
        3yxG+Hzdf/vSnds2Bugpgq1lSuVt7e3lXXZiHNQYcunuFvW+8WoAb0KS1euLVjvN
        5W/ZSDD//YV8ILboG0dCMdizfhsQup6lMD4F5o7EjXRqTkwBFVC9vRiYchy+ij7L
        cEls6lR1t0/YjFctTpZPp/Y4uJ3049fTWjzEkytDqIDAdk36X0vbR4NSedeLaMF/
        Oz11bfek62yU6n3pig==
        -----END CERTIFICATE-----
        """
}
