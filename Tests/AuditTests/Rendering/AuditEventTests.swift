import FHIR
import JSON
import Testing

@testable import Audit

@Suite struct AuditEventTests {
    let renderer = AuditEventRenderer(observer: "imaging-gateway") { $0 == "hospital" ? "urn:oid:1.2.3" : nil }

    @Test func `A retrieval is Instances Transferred from the archive to the gateway (DICOM PS3.15 A.5.3)`() throws {
        let event = renderer.auditEvent(for: record(phase: .outcome(of: 4)), index: 5)
        #expect(event.type?.code == "110104")
        #expect(event.action == "C" && event.outcome == "0" && event.recorded == "2026-11-18T11:06:40.000042Z")
        let agents = event.agents
        #expect(agents.count == 2)
        #expect(agents[0]["type"]?["coding"]?[0]?["code"]?.string == "110152")
        #expect(agents[0]["requestor"]?.bool == true)
        #expect(agents[1]["type"]?["coding"]?[0]?["code"]?.string == "110153")
        #expect(agents[1]["who"]?["display"]?.string == "pacs")
        #expect(agents[1]["network"] == ["address": "10.0.0.7", "type": "2"])
        let patient = event.entities[0]
        #expect(patient["what"]?["identifier"] == ["system": "urn:oid:1.2.3", "value": .string(planted)])
        #expect(patient["type"]?["code"]?.string == "1" && patient["role"]?["code"]?.string == "1")
        #expect(event.entities[1]["what"]?["identifier"]?["value"]?.string == "urn:oid:1.2.840.99")
        #expect(event.entities[2]["what"]?["identifier"]?["value"]?.string == "urn:uuid:c1")
        #expect(event.json["source"]?["observer"]?["display"]?.string == "imaging-gateway")
        #expect(event.json["meta"] == nil)
    }

    @Test func `An intent has no outcome; a failure has its number and code`() {
        #expect(renderer.auditEvent(for: record(phase: .intent), index: nil).outcome == nil)
        var failed = record(phase: .outcome(of: 1), outcome: .seriousFailure)
        failed.code = "pacs.http.503"
        let event = renderer.auditEvent(for: failed, index: nil)
        #expect(event.outcome == "8" && event.json["outcomeDesc"]?.string == "pacs.http.503")
    }

    @Test func `Searches are executed, not read (FHIR search is action E)`() {
        for type in [AuditEventType.patientRead, .serviceRequestRead, .imagingStudyRead, .reportRead, .studyQuery] {
            let event = renderer.auditEvent(for: record(type), index: nil)
            #expect(event.action == "E")
            // Who asks is the source, who answers the destination (BALP).
            #expect(event.agents[0]["type"]?["coding"]?[0]?["code"]?.string == "110153")
            #expect(event.agents[1]["type"]?["coding"]?[0]?["code"]?.string == "110152")
        }
        #expect(renderer.auditEvent(for: record(.patientRead), index: nil).subtype.first?.code == "search")
    }

    @Test func `A person who reads the log is the requestor with the OS name`() {
        let reading = record(.auditRead, principal: Principal(kind: .user, name: "root"))
        let event = renderer.auditEvent(for: reading, index: nil)
        #expect(event.type?.code == "110101" && event.action == "R")
        let requestors = event.agents.filter { $0["requestor"]?.bool == true }
        #expect(requestors.map { $0["who"]?["display"]?.string } == ["root"])
    }

    @Test(arguments: AuditEventType.allCases)
    func `Every event has what R4 §6.4 requires`(type: AuditEventType) {
        let event = renderer.auditEvent(for: record(type), index: 1)
        #expect(event.type?.system != nil && event.type?.code != nil)
        #expect(event.recorded != nil)
        #expect(!event.agents.isEmpty && event.agents.allSatisfy { $0["requestor"]?.bool != nil })
        #expect(event.agents.contains { $0["requestor"]?.bool == true })
        #expect(["C", "R", "U", "D", "E"].contains(event.action))
        #expect(event.subtype.contains { $0.code == type.rawValue })
        // sev-1: name and query never both; det: each detail has type and value.
        for entity in event.entities {
            #expect(entity["name"] == nil && entity["query"] == nil)
            for detail in entity["detail"]?.array ?? [] {
                #expect(detail["type"]?.string != nil && detail["valueString"]?.string != nil)
            }
        }
    }
}
