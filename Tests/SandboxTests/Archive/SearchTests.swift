import DICOM
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend archive: QIDO-RS (PS3.18 §10.6)")
struct SearchTests {
    var fixture: ArchiveFixture

    init() throws { fixture = try ArchiveFixture() }

    @Test mutating func `studies are found with the attributes of table 10.6.3-3`() throws {
        let response = fixture.get("studies", [(name: "StudyInstanceUID", value: fixture.third.studyInstanceUID.value)])
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "application/dicom+json")
        let match = try #require(try response.matches().first)
        #expect(match.uid(.studyInstanceUID) == fixture.third.studyInstanceUID)
        #expect(match.string(.patientID) == fixture.third.patient.id)
        #expect(match.string(.accessionNumber) == fixture.third.accessionNumber)
        #expect(match.strings(.modalitiesInStudy) == ["CT", "SR"])
        #expect(match.int(.numberOfStudyRelatedSeries) == 2)
        #expect(match.int(.numberOfStudyRelatedInstances) == 3)
        #expect(match.string(.instanceAvailability) == "ONLINE")
        #expect(
            match.string(.retrieveURL) == "\(ArchiveFixture.root)/studies/\(fixture.third.studyInstanceUID.value)")
        // Not asked for, not of this level.
        #expect(match[.issuerOfPatientID] == nil && match[.modality] == nil && match[.sopInstanceUID] == nil)
        // Known to nobody, but always shown.
        #expect(match[.referringPhysicianName]?.isEmpty == true)
    }

    @Test mutating func `what the gateway asks for finds what the strict match needs`() throws {
        let fields = ["00080051", "00080061", "00100021", "00201206", "00201208"]
        let query =
            [(name: "AccessionNumber", value: fixture.first.accessionNumber)]
            + fields.map { (name: "includefield", value: $0) } + [(name: "limit", value: "200")]
        let response = fixture.get("studies", query, accept: "application/dicom+json")
        let json = try #require(try JSONValue(parsing: response.body).array?.first)
        let study = try #require(StudyReference(json: json))
        #expect(study.patientID == fixture.first.patient.id)
        #expect(study.issuerOfPatientID == Hospital.patientNamespace)
        #expect(study.issuerOfAccessionNumber == Hospital.accessionNamespace)
        #expect(study.instanceCount == 1)
        #expect(response.header("Warning") == nil)
    }

    @Test mutating func `every level is searched below the study, below the series and over all`() throws {
        let study = "studies/\(fixture.third.studyInstanceUID.value)"
        let expected = [
            "studies": 3, "series": 4, "instances": 5, "\(study)/series": 2, "\(study)/instances": 3,
            "\(study)/series/\(fixture.otherSeries.value)/instances": 2, "studies/1.2.3/series": 0,
        ]
        for (path, count) in expected { #expect(try fixture.get(path).matches().count == count, "\(path)") }
        // A slash at the end changes nothing.
        #expect(try fixture.get("studies/").matches().count == 3)
    }

    @Test mutating func `a search below nothing shows the attributes of the levels above`() throws {
        let series = try fixture.get("series", [(name: "Modality", value: "SR")]).matches()
        #expect(series.count == 1)
        #expect(series.first?.string(.patientID) == fixture.third.patient.id)
        #expect(series.first?.int(.numberOfSeriesRelatedInstances) == 2)
        #expect(series.first?.int(.numberOfStudyRelatedInstances) == 3)
        let instance = try #require(
            try fixture.get("instances", [(name: "InstanceNumber", value: "2")]).matches().first)
        #expect(instance.string(.modality) == "SR")
        #expect(instance.string(.patientID) == fixture.third.patient.id)
        #expect(instance.int(.rows) == ArchiveFixture.rows)
        #expect(instance.string(.retrieveURL)?.contains("/instances/") == true)
        let path = "studies/\(fixture.third.studyInstanceUID.value)/series/\(fixture.otherSeries.value)/instances"
        let below = try #require(try fixture.get(path).matches().first)
        #expect(below[.patientID] == nil && below[.modality] == nil)
        #expect(below.uid(.seriesInstanceUID) == fixture.otherSeries)
    }

    @Test mutating func `keys are keywords, tags and paths through sequences`() throws {
        let exam = fixture.first
        let keys = [
            ("PatientID", exam.patient.id), ("00100020", exam.patient.id), ("AccessionNumber", exam.accessionNumber),
            ("IssuerOfAccessionNumberSequence.LocalNamespaceEntityID", "HOSP"),
            ("00080051.00400031", "HOSP"), ("StudyID", exam.requestedProcedureID),
        ]
        for (name, value) in keys {
            let found = try fixture.get("studies", [(name: name, value: value)]).matches()
            #expect(found.contains { $0.uid(.studyInstanceUID) == exam.studyInstanceUID }, "\(name)")
            #expect(found.count == (value == "HOSP" ? 3 : 1), "\(name)")
        }
        let step = [(name: "RequestAttributesSequence.ScheduledProcedureStepID", value: exam.scheduledProcedureStepID)]
        #expect(try fixture.get("series", step).matches().count == 1)
        let other = [(name: "00080051.00400031", value: "HIS")]
        #expect(try fixture.get("studies", other).matches().isEmpty)
    }

    @Test mutating func `several keys must all match`() throws {
        let both = [
            (name: "PatientID", value: fixture.first.patient.id),
            (name: "AccessionNumber", value: fixture.second.accessionNumber),
        ]
        #expect(try fixture.get("studies", both).matches().isEmpty)
    }

    @Test mutating func `includefield brings attributes of the level, all of them, and the keys themselves`() throws {
        let one = try fixture.get("studies", [(name: "includefield", value: "StudyDescription,00100021")]).matches()
        #expect(one.first?.string(.studyDescription) == "XR Chest AP")
        #expect(one.first?.string(.issuerOfPatientID) == "HOSP")
        let all = try #require(try fixture.get("studies", [(name: "includefield", value: "all")]).matches().first)
        #expect(all.string(.patientAge) == "002Y")
        #expect(all[.rows] == nil && all[.seriesInstanceUID] == nil)
        let key = try fixture.get("studies", [(name: "StudyDescription", value: "")]).matches()
        #expect(key.count == 3 && key.first?.string(.studyDescription) == "XR Chest AP")
        // Of a level below: nothing to show, and no error.
        #expect(try fixture.get("studies", [(name: "includefield", value: "Rows")]).matches().count == 3)
    }

    @Test mutating func `text beyond ASCII declares UTF-8`() throws {
        let found = try fixture.get("studies", [(name: "PatientName", value: "wölbling^*")]).matches()
        #expect(found.first?.string(.patientName) == "Wölbling^Ficta")
        #expect(found.first?.string(.specificCharacterSet) == "ISO_IR 192")
        let ascii = try fixture.get("studies", [(name: "PatientID", value: fixture.first.patient.id)]).matches()
        #expect(ascii.first?[.specificCharacterSet] == nil)
    }

    @Test mutating func `limit and offset cut, and a Warning tells how many remain (§8.3.4.4)`() throws {
        let two = fixture.get("instances", [(name: "limit", value: "2")])
        #expect(try two.matches().count == 2)
        #expect(
            two.header("Warning") == "299 \(ArchiveFixture.root): There are 3 additional results that can be requested")
        let rest = fixture.get("instances", [(name: "limit", value: "2"), (name: "offset", value: "4")])
        #expect(try rest.matches().count == 1)
        #expect(rest.header("Warning") == nil)
        #expect(try fixture.get("instances", [(name: "offset", value: "\(Int.max)")]).matches().isEmpty)
        fixture.archive.settings.maximumResults = 3
        #expect(
            fixture.get("instances", [(name: "limit", value: "4")]).header("Warning")?.contains("are 2 add") == true)
        // Page by page everything comes once.
        var seen: [String] = []
        for offset in 0..<5 {
            let page = fixture.get("instances", [(name: "limit", value: "1"), (name: "offset", value: "\(offset)")])
            seen += try page.matches().compactMap { $0.string(.sopInstanceUID) }
        }
        #expect(Set(seen).count == 5)
    }

    @Test mutating func `fuzzy matching is refused with a Warning and done literally (§8.3.4.2)`() throws {
        let response = fixture.get(
            "studies", [(name: "fuzzymatching", value: "true"), (name: "PatientID", value: fixture.first.patient.id)])
        #expect(response.header("Warning")?.hasPrefix("299 \(ArchiveFixture.root): The fuzzymatching") == true)
        #expect(try response.matches().count == 1)
        #expect(fixture.get("studies", [(name: "fuzzymatching", value: "false")]).header("Warning") == nil)
    }

    @Test mutating func `no match is an empty list or no content, as it is set`() throws {
        let query = [(name: "PatientID", value: "nobody")]
        let list = fixture.get("studies", query)
        #expect(list.status == 200 && list.body == Array("[]".utf8))
        fixture.archive.settings.emptySearch = .noContent
        let none = fixture.get("studies", query)
        #expect(none.status == 204 && none.body.isEmpty)
    }

    @Test(arguments: [
        [("Nonsense", "1")], [("0010002", "1")], [("PatientID.StudyID", "1")], [("StudyDate", "yesterday")],
        [("StudyInstanceUID", "1.2.*")], [("Modality", "CT")], [("limit", "-1")], [("limit", "ten")],
        [("offset", "1.5")], [("fuzzymatching", "maybe")], [("includefield", "Nonsense")], [("StudyTime", "25x")],
        [("IssuerOfAccessionNumberSequence", "RIS")], [("NumberOfStudyRelatedSeries", "two")],
    ])
    mutating func `a search that is not understood is refused with 400`(query: [(String, String)]) throws {
        let response = fixture.get("studies", query.map { (name: $0.0, value: $0.1) })
        #expect(response.status == 400)
        let report = try JSONValue(parsing: response.body)
        #expect(report["errorMessage"]?.string?.isEmpty == false)
    }

    @Test mutating func `more parameters than allowed are refused`() {
        let query = (0..<65).map { _ in (name: "PatientID", value: "1") }
        #expect(fixture.get("studies", query).status == 400)
        #expect(fixture.get("studies", Array(query.prefix(64))).status == 200)
    }

    @Test(arguments: [
        ("application/dicom+json", 200, "application/dicom+json"), ("application/json", 200, "application/json"),
        ("*/*", 200, "application/dicom+json"), ("text/html, application/*;q=0.5", 200, "application/dicom+json"),
        (#"multipart/related; type="application/dicom+xml""#, 406, "application/json"),
        ("application/dicom+json;q=0", 406, "application/json"), ("image/png", 406, "application/json"),
    ])
    mutating func `only JSON is answered`(accept: String, status: Int, type: String) {
        let response = fixture.get("studies", accept: accept)
        #expect(response.status == status)
        #expect(response.header("Content-Type") == type)
        // The query parameter goes before the header (§8.3.3.1).
        #expect(fixture.get("studies", [(name: "accept", value: accept)], accept: "*/*").status == status)
    }
}
