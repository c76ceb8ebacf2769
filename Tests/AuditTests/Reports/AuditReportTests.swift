import FHIR
import JSON
import MerkleLog
import Testing

@testable import Audit

@Suite struct `Reports for auditors` {
    @Test(arguments: AuditReport.Kind.allCases)
    func `a report carries the state of the log and its own reading`(kind: AuditReport.Kind) throws {
        let log = try ReportLog.full()
        let text = try log.report(kind).document.text()
        #expect(text.contains("The log is intact"))
        #expect(text.contains("covers the first 10 records"))
        #expect(text.contains("record number \(log.next)"))
        #expect(text.contains("not a medical device"))
        #expect(text.contains("the auditor's own copy"))
        let root = frontier(log.entries.map(\.leaf)).root.base64
        #expect(text.contains(root))
    }

    @Test(arguments: AuditReport.Kind.allCases)
    func `a log that is not intact is told first and loudly`(kind: AuditReport.Kind) throws {
        let report = try ReportLog.full().report(kind, isIntact: false)
        #expect(report.document.text().contains("THE LOG IS NOT INTACT"))
        #expect(report.document.html.contains("<p class=\"alarm\">THE LOG IS NOT INTACT"))
        #expect(report.json["log"]?["intact"] == .bool(false))
    }

    @Test func `the patient's report tells who, what, when, why and how it ended`() throws {
        let text = try ReportLog.full().report(.patient, zone: berlin).document.text(columns: 400)
        for words in [
            "patient \(planted) (hospital)", "alice (person)", "operator", "his (connected system)", "at 10.0.0.4",
            "sender of orders", "fetched the images from pacs (10.0.0.7)", "delivered the report to ehr (ehr.example)",
            "treatment of the patient", "disclosure to somebody outside", "code dicomweb.http.503", "2026-11-18",
            "+01:00", "EMERGENCY", "NO END RECORDED", "contents destroyed", "accession number ACC-1", "model version 1",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(!text.contains("ab12"), "digests are not for paper")
    }

    @Test func `disclosures have date, recipient with address, what and purpose, and no treatment among them`() throws {
        let report = try ReportLog.full().report(.disclosures)
        #expect(report.disclosures.map(\.type) == [.resultSend])
        let text = report.document.text(columns: 400)
        for words in ["research", "address 10.9.9.9", "sent the result as a message", "treatment of the patient"] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(text.contains("Other recipients"))
        #expect(text.contains("ehr (ehr.example)"))
    }

    @Test func `users are counted, and persons told one by one`() throws {
        let text = try ReportLog.full().report(.users).document.text(columns: 400)
        #expect(text.contains("Everything that alice (person) did"))
        #expect(text.contains("Everything that mallory (person) did"))
        #expect(!text.contains("Everything that imaging-gateway"))
        #expect(text.contains("imaging-gateway (this program)"))
    }

    @Test func `failures, refusals and gaps are told apart`() throws {
        let text = try ReportLog.full().report(.failures).document.text(columns: 400)
        #expect(text.contains("mallory (person)"))
        #expect(text.contains("code dicomweb.http.503"))
        #expect(text.contains("NO END RECORDED"))
        #expect(!text.contains("alice"))
    }

    @Test func `an emergency is one episode with reason, ticket, what was seen, and room for the reviewer`() throws {
        let report = try ReportLog.full().report(.emergencies)
        let episodes = EmergencyEpisode.all(in: report.accesses)
        #expect(episodes.map { $0.accesses.map(\.event) } == [["emergency.start", "order.read", "emergency.stop"]])
        #expect(episodes.map(\.ended) == [FHIRInstant(secondsSinceEpoch: 1_795_000_032)])
        let text = report.document.text(columns: 400)
        for words in ["patientEmergency", "INC-17", "Reviewed by", planted] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test func `an emergency that nobody ended is told`() throws {
        var log = ReportLog()
        try log.add(
            .emergencyStart, at: 0, by: ReportLog.alice, for: .breakTheGlass, .none, about: [],
            details: ["emergency": "legal"])
        #expect(try log.report(.emergencies).document.text().contains("NO END RECORDED"))
    }

    @Test(arguments: AuditReport.Kind.allCases)
    func `an empty log makes a report that says so`(kind: AuditReport.Kind) throws {
        let report = try ReportLog().report(kind)
        #expect(report.accesses.isEmpty)
        #expect(report.json["accesses"] == .array([]))
        #expect(report.document.html.contains("</html>"))
    }

    @Test func `what identifies prints nothing by itself`() throws {
        let report = try ReportLog.full().report(.patient)
        var dumped = ""
        dump(report, to: &dumped)
        dump(report.question, to: &dumped)
        dump(report.accesses, to: &dumped)
        dump(report.document, to: &dumped)
        #expect(!dumped.contains(planted) && !"\(report)\(report.document)".contains(planted))
    }

    @Test func `JSON tells the same accesses`() throws {
        let report = try ReportLog.full().report(.patient)
        let accesses = try #require(report.json["accesses"]?.array)
        #expect(accesses.count == report.accesses.count)
        let gap = try #require(accesses.last)
        #expect(gap["end"] == "missing" && gap["outcome"] == nil)
        #expect(report.json["counts"]?["gaps"] == 1)
        #expect(report.json["counts"]?["emergencies"] == 3)
        #expect(try JSONValue(parsing: report.json.serialized(.pretty)) == report.json)
    }

    private var berlin: ReportZone { ReportZone(name: "Europe/Berlin") { _ in 3600 } }
}
