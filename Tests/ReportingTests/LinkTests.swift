import DICOM
import FHIR
import ImageClassifier
import JSON
import Mapping
import Sealing
import Testing

@testable import Reporting

@Suite("Identifiers and codes of a report")
struct LinkTests {
    private func directory() throws -> AssignerDirectory {
        try AssignerDirectory([
            AssignerEntry(name: "ehr", hl7: ["EHR"], fhir: "urn:oid:1.2.1"), AssignerEntry(name: "ris", hl7: ["RIS"]),
            AssignerEntry(name: "pacs", hl7: ["PACS"], fhir: "urn:oid:1.2.3"),
        ])
    }

    private func assigned(_ name: String, _ value: String) -> AssignedIdentifier {
        AssignedIdentifier(assigner: Assigner(name: name), value: value)
    }

    @Test func `the order is named as the EHR names it: placer first, then what has a FHIR system`() throws {
        let all = OrderIdentity(
            accession: assigned("pacs", "A"), filler: assigned("ris", "F"), placer: assigned("ehr", "P"))
        let placer = try #require(orderIdentifier(of: all, assigners: directory()))
        #expect(placer.searchToken == "urn:oid:1.2.1|P")
        #expect(placer.typeCode == "PLAC")
        let two = OrderIdentity(accession: assigned("pacs", "A"), filler: assigned("ris", "F"))
        #expect(try orderIdentifier(of: two, assigners: directory())?.searchToken == "urn:oid:1.2.3|A")
        let one = OrderIdentity(filler: assigned("ris", "F"))
        let filler = try #require(orderIdentifier(of: one, assigners: directory()))
        #expect(filler.system == nil)
        #expect(filler.typeCode == "FILL")
        #expect(try orderIdentifier(of: OrderIdentity(), assigners: directory()) == nil)
    }

    @Test func `a LOINC procedure of the order becomes the report's code, and its words stay`() throws {
        let concept = CodedConcept(
            codings: [
                .init(code: "XR1", display: "Chest, local", system: "L"),
                .init(code: "36643-5", display: "XR Chest 2 Views", system: "LN"),
            ])
        var request = try Fixture.request(.finding(Fixture.finding()), procedureCode: concept)
        let report = try Fixture.composer().compose(request).report
        #expect(report.code?.code(in: CodeSystem.loinc) == "36643-5")
        #expect(report.code?.text == "Chest, local")
        request = try Fixture.request(.finding(Fixture.finding()))
        #expect(try Fixture.composer().compose(request).report.code?.code(in: CodeSystem.loinc) == "36554-4")
    }

    @Test func `an organisation known by name only is still said to be an Organization`() throws {
        let settings = ReportSettings(
            identifierSystem: "urn:x:y", organization: Reference(nil, display: "Ward"), gateway: "g")
        let report = try ReportComposer(settings: settings, template: .chestPneumonia).compose(
            Fixture.request(.refusal(Fixture.refusal()))
        ).report
        #expect(report.performer.first?.json == ["type": "Organization", "display": "Ward"])
    }

    @Test func `names depend on key, study and model id; the device's on the model's version alone`() throws {
        let keys = try Fixture.keys()
        func names(_ key: String, _ study: String) throws -> ReportNames {
            try ReportNames(keys: keys, frozenKey: key, study: #require(UID(study)), model: Fixture.model())
        }
        let one = try names("accession|pacs|A", "1.2.3")
        #expect(try names("accession|pacs|A", "1.2.3") == one)
        let other = try names("accession|pacs|B", "1.2.3")
        #expect(other.report != one.report)
        #expect(other.observation != one.observation)
        #expect(other.provenance != one.provenance)
        #expect(other.device == one.device)
        #expect(try names("accession|pacs|A", "1.2.4").report != one.report)
    }
}
