import DICOM
import HL7v2
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend archive: WADO-RS (PS3.18 §10.4)")
struct RetrieveTests {
    static let asStored = #"multipart/related; type="application/dicom"; transfer-syntax=*"#
    var fixture: ArchiveFixture

    init() throws { fixture = try ArchiveFixture() }

    @Test mutating func `study, series and instance come as they were stored, each file in a part`() throws {
        let study = "studies/\(fixture.third.studyInstanceUID.value)"
        let paths = [
            study: 3, "\(study)/series/\(fixture.otherSeries.value)": 2, ArchiveFixture.instancePath(fixture.third): 1,
        ]
        for (path, count) in paths {
            let response = fixture.get(path, accept: Self.asStored)
            #expect(response.status == 200)
            #expect(
                response.header("Content-Type")?.hasPrefix(#"multipart/related; type="application/dicom"; b"#) == true)
            let parts = try response.parts()
            #expect(parts.count == count)
            for part in parts {
                #expect(part.contentType == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1")
                let instance = try Instance(parsing: part.content)
                #expect(part.contentLocation?.hasSuffix(instance.sopInstanceUID?.value ?? "?") == true)
            }
        }
        let file = try ArchiveFixture.file(fixture.first)
        let one = fixture.get(ArchiveFixture.instancePath(fixture.first), accept: Self.asStored)
        #expect(try one.parts().first?.content == file)
    }

    @Test(arguments: [
        (asStored, "multipart/related"), (#"multipart/related; type="application/dicom""#, "multipart/related"),
        ("multipart/related;type=application/dicom;transfer-syntax=1.2.840.10008.1.2.1", "multipart/related"),
        ("*/*", "multipart/related"), ("multipart/related", "multipart/related"),
        ("multipart/*", "multipart/related"), ("application/dicom", "application/dicom"),
        ("application/dicom; transfer-syntax=*", "application/dicom"), ("application/*", "application/dicom"),
        (#"multipart/related; type="application/dicom"; q=0.1, application/dicom; q=0.9"#, "application/dicom"),
        (#"MULTIPART/Related; Type="application/DICOM"; transfer-syntax=*"#, "multipart/related"),
    ])
    mutating func `an instance comes in the form that is accepted most`(accept: String, type: String) throws {
        let response = fixture.get(ArchiveFixture.instancePath(fixture.first), accept: accept)
        #expect(response.status == 200)
        #expect(response.header("Content-Type")?.hasPrefix(type) == true)
        let file = type == "multipart/related" ? try response.parts().first?.content : response.body
        #expect(file == (try ArchiveFixture.file(fixture.first)))
    }

    @Test(arguments: [
        "image/jpeg", "application/dicom+json", "application/dicom+xml", #"multipart/related; type="image/jpeg""#,
        #"multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.50"#, "*/*;q=0",
    ])
    mutating func `what cannot be given is not acceptable`(accept: String) {
        #expect(fixture.get(ArchiveFixture.instancePath(fixture.first), accept: accept).status == 406)
    }

    @Test mutating func `a study of several files is no single file`() {
        let path = "studies/\(fixture.third.studyInstanceUID.value)"
        #expect(fixture.get(path, accept: "application/dicom").status == 406)
    }

    @Test mutating func `a compressed file comes as stored, never when uncompressed is asked for`() throws {
        let (exam, file, fragment) = try Self.compressed()
        try fixture.archive.store(file)
        let path = ArchiveFixture.instancePath(exam)
        let stored = try fixture.get(path, accept: Self.asStored).parts()
        #expect(stored.first?.content == file)
        #expect(stored.first?.contentType == "application/dicom; transfer-syntax=1.2.840.10008.1.2.5")
        #expect(fixture.get(path, accept: #"multipart/related; type="application/dicom""#).status == 406)
        let frame = fixture.get("\(path)/frames/1", accept: #"multipart/related; type="image/dicom-rle""#)
        #expect(try frame.parts().map(\.content) == [fragment])
        let decoded = fixture.get("\(path)/frames/1", accept: #"multipart/related; type="application/octet-stream""#)
        #expect(try decoded.parts().map(\.content) == [[9, 9, 9, 9]])
        #expect(fixture.get("\(path)/frames/1", accept: #"multipart/related; type="image/jls""#).status == 406)
    }

    /// RLE of one segment: a run of four nines (PS3.5 Annex G).
    private static func compressed() throws -> (Examination, [UInt8], [UInt8]) {
        var registry = SyntheticPatientRegistry(seed: 8, today: try .init(parsing: "20260301"))
        let exam = registry.examination(of: registry.patient(age: 4))
        let header: [UInt8] = [1, 0, 0, 0, 64, 0, 0, 0] + [UInt8](repeating: 0, count: 56)
        let fragment = header + [0xFD, 9]
        let frame = try #require(
            Frame(
                rows: 2, columns: 2, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: "MONOCHROME2",
                pixels: [9, 9, 9, 9]))
        var instance = try Instance(header: exam.identifyingHeader(), frame: frame)
        instance.fileMeta.set(.transferSyntaxUID, TransferSyntax.rleLossless.uid)
        instance.pixelData = .encapsulated(offsets: [], fragments: [fragment])
        return (exam, try instance.serialized(), fragment)
    }

    @Test mutating func `metadata are the headers without pixels, which have an address (Annex F.2.6)`() throws {
        let response = fixture.get("studies/\(fixture.third.studyInstanceUID.value)/metadata")
        #expect(response.header("Content-Type") == "application/dicom+json")
        let list = try #require(try JSONValue(parsing: response.body).array)
        #expect(list.count == 3)
        let first = try #require(list.first)
        let address = "\(ArchiveFixture.root)/\(ArchiveFixture.instancePath(fixture.third))/bulkdata/7FE00010"
        #expect(first["7FE00010"]?["BulkDataURI"]?.string == address)
        #expect(first["7FE00010"]?["vr"]?.string == "OW")
        #expect(first["00083002"]?["Value"]?[0]?.string == "1.2.840.10008.1.2.1")
        #expect(first["00080005"]?["Value"]?[0]?.string == "ISO_IR 192")
        let keys = first.object?.keys ?? []
        #expect(keys == keys.sorted())
        var header = try DataSet(json: first)
        header[AttributeLevel.availableTransferSyntaxUID] = nil
        #expect(header == (try Instance(parsing: try ArchiveFixture.file(fixture.third)).dataSet))
        #expect(
            fixture.get("studies/\(fixture.third.studyInstanceUID.value)/metadata", accept: "image/png").status == 406)
    }

    @Test mutating func `long binary values have an address, short ones stand inline`() throws {
        let long = [UInt8](repeating: 7, count: 1_026)
        let exam = fixture.first
        let file = try ArchiveFixture.file(exam) {
            $0.set(.studyInstanceUID, .UI, "1.2.3")
            $0.set(.sopInstanceUID, .UI, "1.2.4")
            $0[.encapsulatedDocument] = DataElement(.encapsulatedDocument, .OB, .bytes(long))
            $0[Tag(0x0009, 0x0010)] = DataElement(Tag(0x0009, 0x0010), .LO, .text(["INVENTED"]))
            $0[Tag(0x0009, 0x1001)] = DataElement(Tag(0x0009, 0x1001), .OB, .bytes([1, 2]))
        }
        try fixture.archive.store(file)
        let path = "studies/1.2.3/series/\(exam.seriesInstanceUID.value)/instances/1.2.4"
        let json = try JSONValue(parsing: fixture.get("\(path)/metadata").body)
        #expect(json[0]?["00420011"]?["BulkDataURI"]?.string?.hasSuffix("/bulkdata/00420011") == true)
        #expect(json[0]?["00091001"]?["InlineBinary"]?.string == "AQI=")
        #expect(try fixture.get("\(path)/bulkdata/00420011").parts().first?.content == long)
        let single = fixture.get("\(path)/bulkdata/00420011", accept: "application/octet-stream")
        #expect(single.body == long)
        #expect(fixture.get("\(path)/bulkdata/00420012").status == 404)
    }

    @Test mutating func `frames and the bulk data of pixels are bytes without header`() throws {
        let pixels = (0..<ArchiveFixture.rows * ArchiveFixture.columns).flatMap {
            [UInt8($0 * 7 & 0xFF), UInt8($0 * 7 >> 8)]
        }
        let path = ArchiveFixture.instancePath(fixture.first)
        let frame = fixture.get("\(path)/frames/1", accept: #"multipart/related; type="application/octet-stream""#)
        let part = try #require(try frame.parts().first)
        #expect(part.content == pixels)
        #expect(part.contentType == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1")
        #expect(part.contentLocation?.hasSuffix("/frames/1") == true)
        #expect(fixture.get("\(path)/frames/1", accept: "application/octet-stream").body == pixels)
        #expect(try fixture.get("\(path)/bulkdata/7FE00010").parts().map(\.content) == [pixels])
        #expect(fixture.get("\(path)/frames/1", accept: "image/jpeg").status == 406)
    }

    @Test mutating func `frames are counted from 1 and come in the order asked for`() throws {
        let exam = fixture.second
        let frame = try #require(
            Frame(
                rows: 1, columns: 2, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: "MONOCHROME2",
                pixels: [1, 2]))
        var header = exam.identifyingHeader()
        header.set(.sopInstanceUID, .UI, "1.2.5")
        var instance = try Instance(header: header, frame: frame)
        instance.dataSet.set(.numberOfFrames, .IS, "3")
        instance.pixelData = .native([1, 2, 3, 4, 5, 6])
        try fixture.archive.store(try instance.serialized())
        let path = ArchiveFixture.instancePath(exam).split(separator: "/").dropLast().joined(separator: "/") + "/1.2.5"
        #expect(try fixture.get("\(path)/frames/3,1").parts().map(\.content) == [[5, 6], [1, 2]])
        #expect(fixture.get("\(path)/frames/1,2", accept: "application/octet-stream").status == 406)
        for (list, status) in [("4", 404), ("0", 400), ("1,", 400), ("x", 400), ("-1", 400)] as [(String, Int)] {
            #expect(fixture.get("\(path)/frames/\(list)").status == status, "\(list)")
        }
    }
}
