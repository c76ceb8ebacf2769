import FHIR
import Foundation
import JSON
import Testing

@testable import Audit

/// The gateway with everything that a profile asks for known.
private let renderer = AuditEventRenderer(
    source: AuditSource(
        name: "gateway.example/log", site: "St. Elsewhere", address: "gw.example.org",
        peers: ["ehr": "ehr.example.org", "outside": "192.0.2.7"])
) { $0 == "hospital" ? "urn:oid:1.2.3" : nil }

private func interaction(
    _ event: AuditEventType, _ details: [String: String], subjects: [Subject] = [], patients: Int = 1,
    peer: String = "ehr"
) -> AuditRecord {
    AuditRecord(
        event: event, time: instant, phase: .outcome(of: 7),
        principal: Principal(kind: .service, name: "imaging-gateway"), accessClass: .treatment,
        correlation: CorrelationID(value: "c1"), peer: Peer(name: peer),
        subjects: (0..<patients).map { Subject(type: .patient, assigner: "hospital", identifier: "P\($0)") }
            + [Subject(type: .order, identifier: "o"), Subject(type: .accession, identifier: "A1")] + subjects,
        details: details)
}

private let query = ["query": "POST Patient/_search identifier=urn%3Aoid%3A1.2.3%7CP0"]
private let report = [Subject(type: .report, identifier: "DiagnosticReport/77")]

private func claim(_ record: AuditRecord, by renderer: AuditEventRenderer = renderer) -> String? {
    renderer.auditEvent(for: record, index: 8).json["meta"]?["profile"]?[0]?.string.map {
        String($0.dropFirst(BasicAuditRule.base.count))
    }
}

@Suite struct BasicAuditProfileTests {
    @Test func `A record with everything is claimed as the pattern it is, and the event keeps its rules`() {
        var disclosed = interaction(.resultSend, [:], peer: "outside")
        disclosed.accessClass = .disclosure
        let expected: [(AuditRecord, String)] = [
            (interaction(.patientRead, query), "PatientQuery"), (interaction(.reportRead, query), "PatientQuery"),
            (interaction(.reportRead, query, patients: 0), "Query"),
            (
                interaction(.patientRead, query.merging(["transaction": "search-type"]) { $1 }, patients: 3),
                "PatientQuery"
            ),
            (interaction(.reportRead, ["transaction": "read"], subjects: report), "PatientRead"),
            (interaction(.reportRead, ["transaction": "vread"], subjects: report, patients: 0), "Read"),
            (interaction(.reportPost, ["transaction": "create"], subjects: report), "PatientCreate"),
            (interaction(.reportPost, ["transaction": "create"], subjects: report, patients: 0), "Create"),
            (interaction(.reportPost, ["transaction": "update"], subjects: report), "PatientUpdate"),
            (interaction(.reportWithdraw, [:], subjects: report), "PatientUpdate"),
            (interaction(.reportWithdraw, [:], subjects: report, patients: 0), "Update"),
            (disclosed, "PrivacyDisclosure.Source"),
        ]
        for (record, profile) in expected {
            #expect(claim(record) == "IHE.BasicAudit." + profile, "\(record.event)")
            let event = renderer.auditEvent(for: record, index: 8).json
            #expect(BasicAuditRule.violations(of: event) == [], "\(record.event)")
        }
    }

    @Test func `Nothing is claimed where an element is missing, where it failed, or before it happened`() {
        let whole = interaction(.reportPost, ["transaction": "create"], subjects: report)
        #expect(claim(whole) != nil)
        var changed = whole
        changed.outcome = .seriousFailure
        #expect(claim(changed) == nil, "failure")
        changed = whole
        changed.phase = .intent
        #expect(claim(changed) == nil, "intent")
        changed = whole
        changed.peer = Peer(name: "nobody knows where")
        #expect(claim(changed) == nil, "network of the server")
        changed = whole
        changed.peer = nil
        #expect(claim(changed) == nil, "server")
        changed = whole
        changed.details = [:]
        #expect(claim(changed) == nil, "a transaction is not said to be a create")
        changed = whole
        changed.subjects.removeAll { $0.type == .report }
        #expect(claim(changed) == nil, "data")
        changed = whole
        changed.subjects.append(Subject(type: .report, identifier: "DiagnosticReport/78"))
        #expect(claim(changed) == nil, "two data")
        #expect(
            claim(whole, by: AuditEventRenderer(source: AuditSource(name: "g", peers: ["ehr": "e"])) { _ in nil })
                == nil)
        #expect(claim(interaction(.patientRead, [:])) == nil, "query")
        #expect(claim(interaction(.patientRead, ["query": "GET a\nGET b"])) == nil, "two queries")
        #expect(claim(interaction(.studyQuery, query)) == nil, "QIDO-RS is no FHIR interaction")
        var disclosed = interaction(.resultSend, [:], patients: 0)
        disclosed.accessClass = .disclosure
        #expect(claim(disclosed) == nil, "patient")
    }

    @Test func `A refused access is a security alert with outcome and code, without a claim`() {
        var refused = record(.accessRefused, principal: Principal(kind: .user, name: "eve"))
        refused.outcome = .seriousFailure
        refused.code = "access.role"
        let event = renderer.auditEvent(for: refused, index: 1).json
        #expect(event["type"]?["code"]?.string == "110113" && event["subtype"]?[0]?["code"]?.string == "110132")
        #expect(event["outcome"]?.string == "8" && event["outcomeDesc"]?.string == "access.role")
        #expect(event["meta"] == nil)
        let requestors = event["agent"]?.array?.filter { $0["requestor"]?.bool == true }
        #expect(requestors?.map { $0["who"]?["identifier"]?["value"]?.string } == ["eve"])
    }

    @Test func `The query stands in its own entity only, in base64, and X-Request-Id in its own`() throws {
        let record = interaction(.patientRead, query.merging(["requestID": "5f1c-job42"]) { $1 })
        let event = renderer.auditEvent(for: record, index: 1)
        let text = String(decoding: event.json.serialized(.compact), as: UTF8.self)
        #expect(!text.contains("_search"))
        let entity = try #require(event.entities.first { $0["query"] != nil })
        let encoded = try #require(entity["query"]?.string)
        #expect(Data(base64Encoded: encoded).map { String(decoding: $0, as: UTF8.self) } == query["query"])
        let id = try #require(event.entities.first { $0["type"]?["code"]?.string == "XrequestId" })
        #expect(id["what"]?["identifier"]?["value"]?.string == "5f1c-job42")
        #expect(BasicAuditRule.violations(of: event.json) == [])
    }

    @Test func `A person behind an interaction is author or recipient, without network`() throws {
        var record = interaction(.reportPost, ["transaction": "create"], subjects: report)
        record.principal = Principal(kind: .user, name: "root")
        let event = renderer.auditEvent(for: record, index: 1)
        let user = try #require(event.agents.first { $0["who"]?["identifier"]?["value"]?.string == "root" })
        #expect(user["type"]?["coding"]?[0]?["code"]?.string == "AUT" && user["network"] == nil)
        #expect(BasicAuditRule.violations(of: event.json) == [])
    }

    /// Every combination of what a record may hold: whatever is claimed holds.
    @Test func `No claim of any record breaks a rule of its profile`() {
        var claims: [String: Int] = [:]
        var generator = SeededRandom(seed: 20_261_121)
        let transactions = [nil, "read", "create", "update", "search", "search-type", "transaction", "patch", "junk"]
        let kinds: [Subject.Kind] = [
            .patient, .patient, .order, .accession, .study, .report, .serviceRequest, .message,
        ]
        for _ in 0..<20_000 {
            let event = AuditEventType.allCases.randomElement(using: &generator) ?? .reportPost
            var record = record(
                event, phase: [.single, .intent, .outcome(of: 1)].randomElement(using: &generator) ?? .single,
                outcome: Bool.random(using: &generator) ? .success : .minorFailure,
                principal: Principal(
                    kind: Principal.Kind.allCases.randomElement(using: &generator) ?? .user, name: "ehr"))
            record.accessClass = AccessClass.allCases.randomElement(using: &generator) ?? .none
            record.peer =
                [nil, Peer(name: "ehr"), Peer(name: "x"), Peer(name: "y", address: "::1")]
                .randomElement(using: &generator) ?? nil
            record.subjects = (0..<Int.random(in: 0...5, using: &generator)).map {
                Subject(type: kinds.randomElement(using: &generator) ?? .order, identifier: "DiagnosticReport/\($0)")
            }
            record.details = [:]
            record.details["transaction"] = transactions.randomElement(using: &generator) ?? nil
            if Bool.random(using: &generator) { record.details["query"] = "GET x" }
            let json = renderer.auditEvent(for: record, index: 3).json
            guard let violations = BasicAuditRule.violations(of: json) else { continue }
            #expect(violations == [], "\(record.event) \(record.details)")
            claims[json["meta"]?["profile"]?[0]?.string ?? "", default: 0] += 1
        }
        #expect(claims.count >= 7, "seed 20261121: most profiles were claimed: \(claims)")
    }

    @Test func `The rules take the samples of BALP and find each slip`() throws {
        let folder = "../shared/data/standards/balp/"
        guard FileManager.default.fileExists(atPath: folder) else {
            return print("SKIPPED: no \(folder) on this machine")
        }
        for name in ["patient-create-client", "patient-query-client", "patient-read-client"] {
            let text = String(decoding: try Data(contentsOf: URL(filePath: folder + name + ".json")), as: UTF8.self)
            #expect(BasicAuditRule.violations(of: try JSONValue(parsing: Array(text.utf8))) == [], "\(name)")
            let slips = [
                ("110153", "110150"), ("\"outcome\": \"0\"", "\"outcome\": \"4\""), ("\"network\"", "\"media\""),
                ("\"who\"", "\"whom\""), ("\"code\": \"1\",\n    \"display\": \"Person\"", "\"code\": \"4\""),
                ("restful-interaction", "restful"), ("\"action\": \"", "\"action\": \"D"),
            ]
            for (right, wrong) in slips {
                let slipped = text.replacing(right, with: wrong)
                #expect(slipped != text, "\(right)")
                let found = BasicAuditRule.violations(of: try JSONValue(parsing: Array(slipped.utf8)))
                #expect(found?.isEmpty == false, "\(name): \(right)")
            }
        }
    }
}

/// SplitMix64.
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
