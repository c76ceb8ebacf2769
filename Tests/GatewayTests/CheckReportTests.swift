import JSON
import OutboundHTTP
import Testing
import Workflow

@testable import Gateway

@Suite("What `check` tells")
struct CheckReportTests {
    private static let ok = CheckItem.ok("keys", "private")
    private static let warning = CheckItem.warning(
        "checkpoints[0]", .checkpointsSameDisk, "on the same disk", remedy: "name another")
    private static let problem = CheckItem.problem("data", .dataNotOwned, "another user's", remedy: "run chown")
    private static let wrong = CheckItem.configuration(
        "configuration", ConfigurationError(.unknownKey, at: "retry.maxAgee", "unknown key"))

    @Test("A line has mark, name, message, remedy and code; what is in order has no code")
    func lines() {
        let lines = CheckReport(items: [Self.ok, Self.warning, Self.problem]).lines(.symbols)
        #expect(
            lines == [
                "✓ keys            private",
                "! checkpoints[0]  on the same disk: name another [checkpoints.sameDisk]",
                "✗ data            another user's: run chown [data.notOwned]", "",
                "Not everything is ready: 1 ok, 1 warning, 1 problem.",
            ])
        #expect(CheckReport(items: [Self.ok]).lines(.words)[0] == "ok      keys  private")
        #expect(CheckReport(items: [Self.ok]).lines(.colouredSymbols)[0].contains("\u{1B}[32m✓\u{1B}[0m"))
    }

    @Test("Warnings are no problem; a problem of the configuration outweighs one of the surroundings")
    func verdict() {
        #expect(CheckReport(items: [Self.ok, Self.warning]).verdict == .passed)
        #expect(CheckReport(items: [Self.ok, Self.problem]).verdict == .surroundings)
        #expect(CheckReport(items: [Self.wrong, Self.problem]).verdict == .configuration)
    }

    @Test("The JSON has one shape, whatever was found")
    func json() {
        let json = CheckReport(items: [Self.ok, Self.wrong]).json
        #expect(json["ok"]?.bool == false)
        #expect(json["checks"]?[0]?["remedy"] == .null)
        #expect(json["checks"]?[1]?["code"]?.string == "unknownKey")
        #expect(json["checks"]?[1]?["message"]?.string == "retry.maxAgee: unknown key")
        for item in json["checks"]?.array ?? [] {
            #expect(item.object?.map(\.key) == ["name", "status", "code", "message", "remedy"])
        }
    }

    @Test("Every way in which a connection fails has its own words and a remedy")
    func connectionFailures() {
        let words = PeerWords(peer: "the EHR", section: "ehr.fhir")
        let told = ConnectionReport.Failure.allCases.map { words.words($0) }
        #expect(Set(told.map(\.message)).count == told.count)
        #expect(told.allSatisfy { !$0.remedy.isEmpty && $0.message.contains("the EHR") })
    }

    @Test(
        "What a peer answers is told with the key to correct",
        arguments: ["http.401", "http.404", "credentials", "tls"])
    func answers(_ code: String) {
        let item = PeerWords(peer: "the EHR", section: "ehr.fhir").item(
            "ehr.search", AdapterError(.forbidden, code: "ehr.\(code)"))
        #expect(item.code == "ehr.\(code)" && item.status == .problem)
        #expect(item.remedy?.contains("ehr.fhir.") == true)
    }
}
