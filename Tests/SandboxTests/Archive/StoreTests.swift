import DICOM
import HL7v2
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend archive: STOW-RS (PS3.18 §10.5)")
struct StoreTests {
    static let type = #"multipart/related; type="application/dicom"; boundary=limit"#
    var fixture: ArchiveFixture
    var registry: SyntheticPatientRegistry

    init() throws {
        fixture = try ArchiveFixture()
        registry = SyntheticPatientRegistry(seed: 99, today: try .init(parsing: "20260301"))
    }

    private mutating func newFile() throws -> (exam: Examination, file: [UInt8]) {
        let exam = registry.examination(of: registry.patient(age: 5))
        return (exam, try ArchiveFixture.file(exam))
    }

    private static func body(_ files: [[UInt8]], type: String? = "application/dicom") -> [UInt8] {
        MultipartPart.body(files.map { MultipartPart(contentType: type, content: $0) }, boundary: "limit")
    }

    private func report(_ response: HTTPExchangeResponse) throws -> DataSet {
        #expect(response.header("Content-Type") == "application/dicom+json")
        return try DataSet(json: JSONValue(parsing: response.body))
    }

    @Test mutating func `all stored is 200 and names each instance with its address`() throws {
        let (exam, file) = try newFile()
        let response = fixture.post("studies", Self.body([file]), type: Self.type)
        #expect(response.status == 200)
        let report = try report(response)
        let study = "\(ArchiveFixture.root)/studies/\(exam.studyInstanceUID.value)"
        #expect(report.string(.retrieveURL) == study)
        let item = try #require(report.items(.referencedSOPSequence).first)
        #expect(item.uid(.referencedSOPInstanceUID) == exam.sopInstanceUID)
        #expect(item.string(.referencedSOPClassUID) == exam.kind.sopClassUID)
        #expect(item.string(.retrieveURL) == "\(ArchiveFixture.root)/\(ArchiveFixture.instancePath(exam))")
        #expect(report[.failedSOPSequence] == nil)
        #expect(
            try fixture.get(ArchiveFixture.instancePath(exam), accept: RetrieveTests.asStored).parts()[0].content
                == file)
    }

    @Test mutating func `a part without Content-Type, and a single file, are stored too`() throws {
        let (_, first) = try newFile()
        #expect(fixture.post("studies", Self.body([first], type: nil), type: Self.type).status == 200)
        let (exam, second) = try newFile()
        let path = "studies/\(exam.studyInstanceUID.value)"
        #expect(fixture.post(path, second, type: "application/dicom").status == 200)
        #expect(fixture.archive.instances.count == 7)
    }

    @Test mutating func `some stored is 202 with the reason of each failure`() throws {
        let (exam, file) = try newFile()
        let (other, changed) = (fixture.first, try ArchiveFixture.file(fixture.first) { $0.set(.patientID, .LO, "X") })
        let response = fixture.post("studies", Self.body([file, changed, Array("no file".utf8)]), type: Self.type)
        #expect(response.status == 202)
        let report = try report(response)
        #expect(report.items(.referencedSOPSequence).map { $0.uid(.referencedSOPInstanceUID) } == [exam.sopInstanceUID])
        let failed = try #require(report.items(.failedSOPSequence).first)
        #expect(failed.uid(.referencedSOPInstanceUID) == other.sopInstanceUID)
        #expect(failed.int(.failureReason) == 0x0111)
        #expect(report.items(Tag(0x0008, 0x119A)).map { $0.int(.failureReason) } == [0xC000])
    }

    @Test mutating func `nothing stored is 409`() throws {
        let (exam, file) = try newFile()
        let wrongStudy = fixture.post("studies/1.2.3", Self.body([file]), type: Self.type)
        #expect(wrongStudy.status == 409)
        #expect(try report(wrongStudy).items(.failedSOPSequence).first?.int(.failureReason) == 0x0110)
        #expect(fixture.get(ArchiveFixture.instancePath(exam)).status == 404)
        let mixed = fixture.post(
            "studies/1.2.3", Self.body([file]) + [], type: #"multipart/related; boundary=limit"#)
        #expect(mixed.status == 409)
    }

    @Test mutating func `the same file again is a success and changes nothing`() throws {
        let file = try ArchiveFixture.file(fixture.first)
        let bytes = fixture.archive.byteCount
        #expect(fixture.post("studies", Self.body([file]), type: Self.type).status == 200)
        #expect(fixture.archive.instances.count == 5 && fixture.archive.byteCount == bytes)
    }

    @Test mutating func `an instance never moves to another study`() throws {
        let file = try ArchiveFixture.file(fixture.first) { $0.set(.studyInstanceUID, .UI, "1.2.3") }
        #expect(throws: StoreRefusal.processingFailure) { try fixture.archive.store(file) }
    }

    @Test mutating func `the bounds of the archive hold`() throws {
        let (_, file) = try newFile()
        fixture.archive.settings.maximumInstances = 5
        #expect(throws: StoreRefusal.outOfResources) { try fixture.archive.store(file) }
        fixture.archive.settings.maximumInstances = 6
        fixture.archive.settings.maximumBytes = fixture.archive.byteCount + file.count - 1
        #expect(throws: StoreRefusal.outOfResources) { try fixture.archive.store(file) }
        fixture.archive.settings.maximumBytes += 1
        try fixture.archive.store(file)
        fixture.archive.settings.maximumStoreBytes = 10
        #expect(fixture.post("studies", Self.body([file]), type: Self.type).status == 413)
    }

    @Test func `a file without the UIDs of an instance is refused`() throws {
        let exam = fixture.first
        let file = try ArchiveFixture.file(exam) { $0[.seriesInstanceUID] = nil }
        var archive = fixture.archive
        #expect(throws: StoreRefusal.dataSetMismatch) { try archive.store(file) }
        #expect(throws: StoreRefusal.cannotUnderstand) { try archive.store(Array(file.dropLast(9))) }
    }

    @Test(arguments: [
        (nil, 415), ("text/plain", 415), (#"multipart/related; type="application/dicom+json"; boundary=limit"#, 415),
        (#"multipart/related; type="application/dicom""#, 400),
        (#"multipart/related; type="application/dicom"; boundary=other"#, 400),
    ])
    mutating func `a request of another type or without boundary is refused`(type: String?, status: Int) throws {
        let (_, file) = try newFile()
        #expect(fixture.post("studies", Self.body([file]), type: type).status == status)
        #expect(fixture.archive.instances.count == 5)
    }

    @Test mutating func `parts of another type are reported, and alone they are a bad request`() throws {
        let (_, file) = try newFile()
        let text = MultipartPart(contentType: "text/plain", content: Array("x".utf8))
        let both = MultipartPart.body([text, MultipartPart(content: file)], boundary: "limit")
        #expect(fixture.post("studies", both, type: Self.type).status == 202)
        #expect(fixture.post("studies", MultipartPart.body([text], boundary: "limit"), type: Self.type).status == 400)
    }
}
