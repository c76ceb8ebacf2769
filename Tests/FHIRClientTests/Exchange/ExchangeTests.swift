import FHIR
import FHIRClient
import JSON
import Testing
import Workflow

@Suite("Read, update and transaction (R4 §3.1.0)", .timeLimit(.minutes(1)))
struct ExchangeTests {
    private let json = "application/fhir+json"

    @Test("A resource that is not there, or no longer, is nil", arguments: [404, 410])
    func missing(status: Int) async throws {
        try await withEHR { _ in
            .answer(status)
        } body: { ehr, server in
            let found = try await ehr.patient(id: "p1")
            #expect(found == nil)
            #expect(server.requests.first?.target == "/fhir/Patient/p1")
        }
    }

    @Test(
        "Another resource than the one asked for is refused",
        arguments: [
            patient("p2", "4711"), #"{"resourceType":"Observation","id":"p1"}"#, #"{"resourceType":"Patient"}"#,
        ])
    func mismatch(resource: String) async throws {
        try await withEHR { _ in
            .json(resource)
        } body: { ehr, _ in
            let error = await adapterError { () throws(AdapterError) in _ = try await ehr.patient(id: "p1") }
            #expect(error == AdapterError(.incorrect, code: "peer.read.mismatch"))
        }
    }

    @Test("What is no logical id is never sent", arguments: ["", "a/b", "../x", "a?b", "ä", "a b"])
    func badID(id: String) async throws {
        try await withEHR { _ in
            .answer(404)
        } body: { ehr, server in
            let error = await adapterError { () throws(AdapterError) in _ = try await ehr.patient(id: id) }
            #expect(error == AdapterError(.incorrect, code: "peer.read.id"))
            #expect(server.requests.isEmpty)
        }
    }

    private func update(
        _ response: TestResponse, then read: TestResponse = .answer(404)
    ) async throws -> (Patient?, AdapterError?, [TestRequest]) {
        var stored: Patient?
        var failure: AdapterError?
        var requests: [TestRequest] = []
        let resource = try Patient(JSONValue(parsing: Array(patient("p1", "4711").utf8)))
        try await withEHR {
            $0.method == "PUT" ? response : read
        } body: { ehr, server in
            failure = await adapterError { () throws(AdapterError) in
                stored = try await ehr.update(resource, ifMatch: "3")
            }
            requests = server.requests
        }
        return (stored, failure, requests)
    }

    @Test("An update names the version that was read and returns what is stored")
    func updated() async throws {
        let (stored, failure, requests) = try await update(.json(patient("p1", "4711"), type: json))
        #expect(failure == nil && stored?.id == "p1")
        #expect(requests.first?.headers["if-match"] == "W/\"3\"")
        #expect(requests.first?.headers["prefer"] == "return=representation")
        #expect(requests.first?.target == "/fhir/Patient/p1")
    }

    @Test("An update whose answer holds no resource is read again")
    func minimal() async throws {
        let (stored, failure, requests) = try await update(.answer(200), then: .json(patient("p1", "4711"), type: json))
        #expect(failure == nil && stored?.id == "p1" && requests.count == 2)
    }

    @Test("Someone else's change is a conflict", arguments: [409, 412])
    func conflict(status: Int) async throws {
        let (_, failure, _) = try await update(.answer(status))
        #expect(failure == AdapterError(.conflict, code: "peer.http.\(status)"))
    }

    private func submit(_ text: String) async throws -> AdapterError? {
        var failure: AdapterError?
        let entry = BundleEntry(request: BundleRequest(method: "POST", url: "Device"))
        try await withEHR { _ in
            .json(text, type: "application/fhir+json")
        } body: { ehr, server in
            failure = await adapterError { () throws(AdapterError) in
                _ = try await ehr.submit(Bundle(transaction: [entry, entry]))
            }
            #expect(server.requests.first?.target == "/fhir")
            #expect(server.requests.first?.headers["content-type"] == "application/fhir+json")
        }
        return failure
    }

    @Test("Every entry of a transaction must be a success")
    func transaction() async throws {
        func response(_ statuses: String...) -> String {
            let entries = statuses.map { #"{"response":{"status":"\#($0)"}}"# }.joined(separator: ",")
            return #"{"resourceType":"Bundle","type":"transaction-response","entry":[\#(entries)]}"#
        }
        #expect(try await submit(response("200 OK", "201 Created")) == nil)
        #expect(try await submit(response("200", "412 Precondition Failed"))?.category == .conflict)
        #expect(try await submit(response("200"))?.code == "peer.transaction.malformed")
        #expect(try await submit(response("200", "OK"))?.code == "peer.transaction.malformed")
        #expect(
            try await submit(#"{"resourceType":"Bundle","type":"batch-response"}"#)?.code
                == "peer.transaction.malformed")
    }

    @Test("Only a transaction is submitted")
    func otherBundle() async throws {
        let bundle = try Bundle(["resourceType": "Bundle", "type": "batch"])
        try await withEHR { _ in
            .answer(200)
        } body: { ehr, server in
            let error = await adapterError { () throws(AdapterError) in _ = try await ehr.submit(bundle) }
            #expect(error?.code == "peer.transaction.type" && server.requests.isEmpty)
        }
    }

    @Test("The capability statement tells version, transactions and missing types")
    func capabilities() async throws {
        let statement = """
            {"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server",
             "interaction":[{"code":"transaction"}],"resource":[{"type":"Patient"},{"type":"ServiceRequest"},
             {"type":"ImagingStudy"},{"type":"DiagnosticReport"},{"type":"Observation"},{"type":"Device"}]}]}
            """
        try await withEHR { _ in
            .json(statement)
        } body: { ehr, server in
            let found = try await ehr.capabilities()
            #expect(found.isR4 && found.supportsTransaction && found.missingTypes == ["Provenance"])
            #expect(!found.isSufficient)
            #expect(server.requests.first?.target == "/fhir/metadata")
        }
    }

    @Test("A refusal of metadata is told, and so are writes that the server does not claim")
    func metadataInquiry() async throws {
        try await withEHR { _ in
            .answer(403)
        } body: { ehr, _ in
            let inquiry = try await ehr.inquireMetadata()
            #expect(inquiry.refusal?.code == "peer.http.403" && inquiry.capabilities == nil)
        }
        let statement = """
            {"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server",
             "security":{"service":[{"coding":[{"code":"SMART-on-FHIR"}]}]},
             "resource":[{"type":"DiagnosticReport","interaction":[{"code":"read"},{"code":"create"}]},
             {"type":"Device"},{"type":"Provenance","interaction":[{"code":"update"}]}]}]}
            """
        try await withEHR { _ in
            .json(statement)
        } body: { ehr, _ in
            let capabilities = try await ehr.inquireMetadata().capabilities
            #expect(capabilities?.missingWrites == ["DiagnosticReport.update"], "what lists nothing says nothing")
            #expect(capabilities?.securityServices == ["SMART-on-FHIR"])
        }
    }
}
