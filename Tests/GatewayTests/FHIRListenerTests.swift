import Hummingbird
import HummingbirdTesting
import JSON
import NIOCore
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("FHIR listener (drawing §7)")
struct FHIRListenerTests {
    let fixture: ListenerFixture

    init() throws { fixture = try ListenerFixture() }

    private static let study = #"""
        {"resourceType":"ImagingStudy","id":"is1","status":"available",
        "identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}]}
        """#
    private static let headers: HTTPFields = [
        .authorization: "Bearer \(ListenerFixture.secret)", .contentType: "application/fhir+json",
    ]

    /// Status and the code in the OperationOutcome.
    private func send(
        _ body: String = study, _ method: HTTPRequest.Method = .post, to path: String = "/fhir/ImagingStudy",
        headers: HTTPFields = headers, listener: FHIRListener? = nil
    ) async throws -> (status: Int, code: String?, retryAfter: String?) {
        let application = (try listener ?? fixture.fhir()).application()
        return try await application.test(.router) { client in
            try await client.execute(uri: path, method: method, headers: headers, body: ByteBuffer(string: body)) {
                response in
                let json = try? JSONValue(parsing: Array(response.body.readableBytesView))
                #expect(json?["resourceType"]?.string == "OperationOutcome")
                let code = json?["issue"]?[0]?["details"]?["coding"]?[0]?["code"]?.string
                return (response.status.code, code, response.headers[.retryAfter])
            }
        }
    }

    private func orders() async throws -> Int { try await fixture.store.orders(OrderFilter()).count }

    @Test("A notice is stored before it is answered, by POST and by PUT under its id")
    func accepted() async throws {
        var answer = try await send()
        #expect(answer.status == 200)
        #expect(answer.code == "fhir.accepted")
        #expect(try await orders() == 1)
        answer = try await send(Self.study, .put, to: "/fhir/ImagingStudy/is1")
        #expect(answer.status == 200)
        #expect(try await orders() == 1, "the same study")
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_study_notices_total{outcome="accepted"} 2"#))
    }

    @Test(
        "Without the secret nothing is read, and the refusal is in the log",
        arguments: [nil, "Bearer wrong-secret-wrong-secret", "Basic \(ListenerFixture.secret)"])
    func unauthorized(_ authorization: String?) async throws {
        var headers = Self.headers
        headers[.authorization] = authorization
        let answer = try await send(headers: headers)
        #expect(answer.status == 401)
        #expect(answer.code == "fhir.unauthorized")
        #expect(try await orders() == 0)
        #expect(try await fixture.store.counts().leaves == 1)
    }

    @Test(
        "What cannot be used is answered with its code",
        arguments: [
            ("{", "fhir.json"), (#"{"resourceType":"Patient"}"#, "fhir.notAnImagingStudy"),
            (#"{"resourceType":"ImagingStudy","id":"x"}"#, "fhir.studyInstanceUIDMissing"),
        ])
    func invalid(_ body: String, _ code: String) async throws {
        let answer = try await send(body)
        #expect(answer.status == 400)
        #expect(answer.code?.hasPrefix(code) == true)
        #expect(try await fixture.store.counts().keptMessages == 1)
    }

    @Test("The id of the URL and the resource's must be one")
    func otherID() async throws {
        #expect(try await send(Self.study, .put, to: "/fhir/ImagingStudy/other").code == "fhir.idInvalid")
    }

    @Test("Another media type is refused")
    func mediaType() async throws {
        var headers = Self.headers
        headers[.contentType] = "application/fhir+xml"
        #expect(try await send(headers: headers).status == 415)
    }

    @Test("A body over the limit is refused")
    func bodyLimit() async throws {
        let answer = try await send(listener: fixture.fhir(bodyLimit: 10))
        #expect(answer.status == 413)
        #expect(answer.code == "fhir.bodyTooLarge")
    }

    @Test("On a full disk the sender is asked to come again")
    func fullDisk() async throws {
        let answer = try await send(listener: fixture.fhir(isSpaceEnough: false))
        #expect(answer.status == 503)
        #expect(answer.retryAfter == "30")
        #expect(try await orders() == 0)
    }
}
