import DICOM
import FHIR
import JSON
import Mapping
import Testing

@Suite("FHIR: ImagingStudy and ServiceRequest")
struct StudyNoticeTests {
    func study(_ identifiers: String, basedOn: String = "[]") throws -> ImagingStudy {
        try ImagingStudy(
            JSONValue(
                parsing: Array(
                    """
                    {"resourceType":"ImagingStudy","id":"st-1","status":"available","identifier":[\(identifiers)],
                    "modality":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"DX"}],
                    "subject":{"reference":"Patient/p1"},"basedOn":\(basedOn)}
                    """.utf8)))
    }

    static let uid = #"{"system":"urn:dicom:uid","value":"urn:oid:1.2.3.4.5"}"#

    static func typed(_ code: String, _ system: String, _ value: String) -> String {
        let system = system.isEmpty ? "" : #""system":"\#(system)","#
        return
            #"{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"\#(code)"}]},\#(system)"value":"\#(value)"}"#
    }

    @Test("a notice names study, keys, requests, patient and status")
    func notice() throws {
        let basedOn =
            #"[{"reference":"ServiceRequest/sr-1"},{"identifier":\#(Self.typed("PLAC", "http://his.example/orders", "P1"))}]"#
        let notice = try StudyNotice(
            study(Self.uid + "," + Self.typed("ACSN", "http://ris.example/numbers", "ACC1"), basedOn: basedOn),
            assigners: Examples.assigners(), defaultAssigner: nil)
        #expect(notice.studyInstanceUID == UID("1.2.3.4.5"))
        #expect(notice.keys.map(\.indexText) == ["accession|ris|ACC1", "placer|his|P1"])
        #expect(notice.basedOn.map(\.id) == ["sr-1"])
        #expect(notice.subject?.type == "Patient" && notice.subject?.id == "p1")
        #expect(notice.status == "available" && notice.modalities == ["DX"] && notice.imagingStudyID == "st-1")
        #expect("\(notice)" == "<redacted>")
    }

    @Test("an identifier without a system is of the default assigner, one with an unknown system of none")
    func assigners() throws {
        func keys(_ system: String, _ defaultAssigner: Assigner?) throws -> [String] {
            try StudyNotice(
                study(Self.uid + "," + Self.typed("ACSN", system, "ACC1")), assigners: Examples.assigners(),
                defaultAssigner: defaultAssigner
            ).keys.map(\.indexText)
        }
        #expect(try keys("", Examples.ris) == ["accession|ris|ACC1"])
        #expect(try keys("", nil) == [])
        #expect(try keys("urn:unknown", Examples.ris) == [])
    }

    @Test(
        "no, two or invalid Study Instance UIDs are refused",
        arguments: [
            "", #"{"system":"urn:dicom:uid","value":"urn:oid:1.2.x"}"#,
            uid + #",{"system":"urn:dicom:uid","value":"urn:oid:1.2"}"#, #"{"system":"urn:x","value":"urn:oid:1.2"}"#,
        ])
    func invalid(identifiers: String) throws {
        let error = MappingError(.studyInstanceUIDInvalid, keyPath: "ImagingStudy.identifier")
        let study = try study(identifiers)
        #expect(throws: error) {
            try StudyNotice(study, assigners: Examples.assigners(), defaultAssigner: nil)
        }
    }

    @Test("a ServiceRequest and the order it stands for share their keys")
    func serviceRequest() throws {
        let identifiers = [
            Self.typed("PLAC", "http://his.example/orders", "P100"),
            Self.typed("FILL", "http://ris.example/numbers", "F200"), Self.typed("MR", "urn:oid:1.2.3.4", "4711"),
        ].joined(separator: ",")
        let request = try ServiceRequest(
            JSONValue(
                parsing: Array(
                    #"{"resourceType":"ServiceRequest","status":"active","identifier":[\#(identifiers)]}"#.utf8)))
        let keys = OrderKey.keys(of: request, assigners: try Examples.assigners(), defaultAssigner: nil)
        #expect(keys.map(\.kind) == [.placer, .filler])
        #expect(OrderIdentity(keys: keys).sharesKey(with: try Examples.candidate().order.identity))
    }
}
