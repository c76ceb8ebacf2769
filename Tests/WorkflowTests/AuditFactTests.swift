import Audit
import Testing

@testable import Workflow

@Suite("Details of records are no free text")
struct AuditFactTests {
    static let free = ["Canary^Joan", "born 1970-01-01", "Grüße", "a\nb", "", String(repeating: "a", count: 500)]

    @Test("What does not have the form of its kind is not repeated", arguments: free)
    func refused(_ text: String) {
        #expect(AuditFact.code(text).text == "invalid")
        #expect(AuditFact.digest(text).text == "invalid")
        #expect(!AuditFact.identifier(text.utf8).text.contains(text) || text.isEmpty)
        if text.utf8.contains(where: { !(0x20...0x7E).contains($0) }) || text.utf8.count > 200 {
            #expect(AuditFact.configured(text).text.hasPrefix("sha256:"))
        }
    }

    @Test("What has it stays as it is")
    func kept() {
        #expect(AuditFact.code("ehr.http.503").text == "ehr.http.503")
        #expect(AuditFact.codes(["113100", "113105"]).text == "113100 113105")
        #expect(AuditFact.identifier("MSG-00042".utf8).text == "MSG-00042")
        #expect(AuditFact.identifier("a b".utf8).text.count == 71, "a digest and its name")
        #expect(AuditFact.configured("listeners.mllp[0].tls").text == "listeners.mllp[0].tls")
        #expect(AuditFact.milliseconds(.microseconds(1_234_567)).text == "1234")
        #expect(AuditFact.moment(Timestamp(microseconds: 0)).text == "1970-01-01T00:00:00.000000Z")
    }

    @Test("Details are set, taken away and merged by name")
    func details() {
        var details: AuditDetails = [.count: .count(2), .bytes: nil]
        details.set(.state, .code("accepted"))
        details.set(.count, nil)
        #expect(details.merging([.state: .code("x"), .kept: .count(1)]).texts == ["state": "accepted", "kept": "1"])
    }
}
