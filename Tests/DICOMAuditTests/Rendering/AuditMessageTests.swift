import Audit
import Foundation
import Testing

@testable import DICOMAudit

@Suite struct AuditMessageTests {
    @Test func `A retrieval is Instances Transferred from the archive to the gateway (PS3.15 A_5_3)`() throws {
        let text = try text(record(phase: .outcome(of: 4)))
        #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?><AuditMessage><EventIdentification "))
        for part in [
            "<EventID csd-code=\"110104\" codeSystemName=\"DCM\" originalText=\"DICOM Instances Transferred\"/>",
            "EventActionCode=\"C\" EventDateTime=\"2026-11-18T11:06:40.000042Z\" EventOutcomeIndicator=\"0\"",
            "<ActiveParticipant UserID=\"gateway.example/log\" UserIsRequestor=\"true\" "
                + "NetworkAccessPointID=\"gw.example.org\" NetworkAccessPointTypeCode=\"1\"><RoleIDCode csd-code=\"110152\"",
            "<ActiveParticipant UserID=\"pacs\" UserIsRequestor=\"false\" NetworkAccessPointID=\"10.0.0.7\" "
                + "NetworkAccessPointTypeCode=\"2\"><RoleIDCode csd-code=\"110153\"",
            "<AuditSourceIdentification AuditEnterpriseSiteID=\"St. Elsewhere\" AuditSourceID=\"gateway.example/log\">"
                + "<AuditSourceTypeCode csd-code=\"4\"/>",
            "ParticipantObjectID=\"4711\" ParticipantObjectTypeCode=\"1\" ParticipantObjectTypeCodeRole=\"1\"",
            "<ParticipantObjectDetail type=\"Issuer of Identifier\" value=\"dXJuOm9pZDoxLjIuMw==\"/>",
            "ParticipantObjectID=\"1.2.840.99\" ParticipantObjectTypeCode=\"2\" ParticipantObjectTypeCodeRole=\"3\" "
                + "ParticipantObjectDataLifeCycle=\"2\"",
            "<ParticipantObjectDescription><Accession Number=\"A1\"/><SOPClass NumberOfInstances=\"2\"/>",
            "<ParticipantObjectDetail type=\"leaf\" value=\"OA==\"/>",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("\n"))
    }

    @Test func `Every event in every phase and outcome is what the grammar allows`() throws {
        for event in AuditEventType.allCases {
            for phase in [Phase.single, .intent, .outcome(of: 1)] {
                for outcome in Outcome.allCases {
                    for kind in Principal.Kind.allCases {
                        var record = record(
                            event, phase: phase, outcome: outcome, principal: Principal(kind: kind, name: "root"))
                        record.code = outcome == .success ? nil : "ehr.http.503"
                        record.details["query"] = "GET a\nGET b"
                        _ = try renderer.auditMessage(for: record, index: nil)
                    }
                }
            }
        }
    }

    @Test func `A search is executed by its source, and its query is in base64 only`() throws {
        var search = record(.patientRead)
        search.details["query"] = "POST Patient/_search identifier=4711"
        let text = try text(search)
        #expect(text.contains("csd-code=\"110112\"") && text.contains("EventActionCode=\"E\""))
        #expect(text.contains("UserID=\"gateway.example/log\"") && !text.contains("_search"))
        let start = try #require(text.firstRange(of: "<ParticipantObjectQuery>")).upperBound
        let encoded = text[start...].prefix { $0 != "<" }
        #expect(
            Data(base64Encoded: String(encoded)).map { String(decoding: $0, as: UTF8.self) } == search.details["query"])
    }

    @Test func `An intent succeeds until it is known better, a failure has its number and code`() throws {
        #expect(try text(record(phase: .intent, outcome: .majorFailure)).contains("EventOutcomeIndicator=\"0\""))
        var failed = record(outcome: .seriousFailure)
        failed.code = "pacs.http.503"
        let text = try text(failed)
        #expect(text.contains("EventOutcomeIndicator=\"8\""))
        #expect(text.contains("<EventOutcomeDescription>pacs.http.503</EventOutcomeDescription>"))
    }

    @Test(arguments: [
        "<&\"'>", "]]>", "a\u{0}b\r\n\tc\u{1B}", "\u{FFFE}\u{FFFF}\u{85}\u{2028}", "M\u{FC}ller \u{1F9E1} \u{65E5}",
        "  ", "",
    ])
    func `No identifier leaves its attribute, breaks the line or makes a message that is refused`(
        identifier: String
    ) throws {
        var hostile = record(identifier: identifier)
        hostile.code = identifier
        hostile.peer = Peer(name: identifier + "x", address: "h" + identifier)
        hostile.details = ["d" + identifier: identifier]
        do throws(DICOMAuditError) {
            let message = try renderer.auditMessage(for: hostile, index: 1)
            #expect(!message.xml.contains { $0 < 0x20 || $0 == 0x7F })
            let text = String(decoding: message.xml, as: UTF8.self)
            #expect(text.components(separatedBy: "<ParticipantObjectIdentification ").count == 5)
        } catch {
            // Blank is no identifier: such a message is not sent.
            #expect(identifier.allSatisfy(\.isWhitespace) && error.code == .grammar)
        }
    }

    @Test func `A message prints nothing of what it holds`() throws {
        let message = try renderer.auditMessage(for: record(identifier: "PLANTED"), index: 1)
        #expect(!"\(message)".contains("PLANTED") && !String(reflecting: message).contains("PLANTED"))
    }
}
