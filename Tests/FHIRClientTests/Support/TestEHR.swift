import FHIR
import FHIRClient
import OutboundHTTP
import Workflow

/// A FHIR adapter in front of a test server.
func withEHR(
    limits: SearchLimits = SearchLimits(), answer: @escaping @Sendable (TestRequest) -> TestResponse,
    body: (FHIRServer, TestServer) async throws -> Void
) async throws {
    try await TestServer.with(answer: answer) { server in
        try await withClient(testPeer(server.port, path: "/fhir")) { client in
            try await body(FHIRServer(name: "ehr", client: client, searchLimits: limits), server)
        }
    }
}

/// The error that a call ends with.
func adapterError(_ call: () async throws(AdapterError) -> Void) async -> AdapterError? {
    do throws(AdapterError) {
        try await call()
        return nil
    } catch {
        return error
    }
}

/// A Patient with one identifier.
func patient(_ id: String, _ value: String, system: String = "urn:x") -> String {
    #"{"resourceType":"Patient","id":"\#(id)","identifier":[{"system":"\#(system)","value":"\#(value)"}]}"#
}

/// A searchset of these entries.
func searchset(_ resources: [String], mode: String = "match", links: [String: String] = [:]) -> TestResponse {
    let entries = resources.map { #"{"resource":\#($0),"search":{"mode":"\#(mode)"}}"# }.joined(separator: ",")
    let links = links.map { #"{"relation":"\#($0.key)","url":"\#($0.value)"}"# }.joined(separator: ",")
    return .json(
        #"{"resourceType":"Bundle","type":"searchset","link":[\#(links)],"entry":[\#(entries)]}"#,
        type: "application/fhir+json; charset=utf-8")
}
