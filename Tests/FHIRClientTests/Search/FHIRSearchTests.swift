import DICOM
import FHIR
import FHIRClient
import Testing
import Workflow

@Suite("Search by POST (R4 §3.1.1.1)", .timeLimit(.minutes(1)))
struct FHIRSearchTests {
    private let asked = Identifier(system: "urn:x", value: "47|1,1$ä")

    private func error(answer: @escaping @Sendable (TestRequest) -> TestResponse) async throws -> AdapterError? {
        var found: AdapterError?
        try await withEHR(limits: SearchLimits(page: 50, pages: 3), answer: answer) { ehr, _ in
            found = await adapterError { () throws(AdapterError) in
                _ = try await ehr.patients(identifier: Identifier(system: "urn:x", value: "4711"))
            }
        }
        return found
    }

    @Test("The identifier stands in the form, escaped and encoded, and never in the URL")
    func form() async throws {
        try await withEHR { _ in
            searchset([])
        } body: { ehr, server in
            let found = try await ehr.patients(identifier: asked)
            #expect(found.isEmpty)
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.target == "/fhir/Patient/_search")
            #expect(request.bodyText == "identifier=urn%3Ax%7C47%5C%7C1%5C%2C1%5C%24%C3%A4&_count=50")
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(request.headers["prefer"] == "handling=strict")
        }
    }

    @Test("A study is asked for by its UID as an OID in urn:dicom:uid")
    func study() async throws {
        let uid = try #require(UID("1.2.3"))
        try await withEHR { _ in
            searchset([])
        } body: { ehr, server in
            _ = try await ehr.imagingStudies(studyInstanceUID: uid)
            #expect(
                server.requests.first?.bodyText.hasPrefix("identifier=urn%3Adicom%3Auid%7Curn%3Aoid%3A1.2.3&") == true)
        }
    }

    @Test("Included resources and outcomes are no matches")
    func includes() async throws {
        try await withEHR { _ in
            searchset([patient("1", "other")], mode: "include")
        } body: { ehr, _ in
            let found = try await ehr.patients(identifier: asked)
            #expect(found.isEmpty)
        }
    }

    @Test(
        "A match without the identifier that was asked for is refused",
        arguments: [
            patient("1", "4712"), patient("1", "4711", system: "urn:y"), patient("1", "4711 "),
            #"{"resourceType":"Patient","id":"1"}"#,
        ])
    func mismatch(resource: String) async throws {
        #expect(
            try await error { _ in searchset([patient("9", "4711"), resource]) }
                == AdapterError(.incorrect, code: "peer.search.mismatch"))
    }

    @Test("A self link without the identifier means that the server did not filter")
    func ignored() async throws {
        let links = ["self": "http://h/fhir/Patient?name=x"]
        #expect(try await error { _ in searchset([], links: links) }?.code == "peer.search.ignored")
        for link in [
            "http://h/fhir/Patient", "http://h/fhir/Patient?_count=50", "/fhir/Patient?identifier=urn:x%7C4711",
        ] {
            #expect(try await error { _ in searchset([], links: ["self": link]) } == nil)
        }
    }

    @Test("A next link is followed under the configured root, whatever host it names")
    func opaqueLink() async throws {
        try await withEHR { request in
            request.method == "POST"
                ? searchset(
                    [patient("1", "4711")], links: ["next": "https://other.example/fhir?_getpages=a%20b&_offset=1"])
                : searchset([patient("2", "4711"), patient("1", "4711")])
        } body: { ehr, server in
            let found = try await ehr.patients(identifier: Identifier(system: "urn:x", value: "4711"))
            #expect(found.map(\.id) == ["1", "2"])
            #expect(server.requests.last?.method == "GET")
            #expect(server.requests.last?.target == "/fhir?_getpages=a%20b&_offset=1")
        }
    }

    @Test("A next link that repeats the identifier is sent as a form")
    func identifyingLink() async throws {
        try await withEHR { request in
            request.bodyText.contains("_page=2")
                ? searchset([patient("2", "4711")])
                : searchset([patient("1", "4711")], links: ["next": "/fhir/Patient?identifier=urn:x%7C4711&_page=2"])
        } body: { ehr, server in
            let found = try await ehr.patients(identifier: Identifier(system: "urn:x", value: "4711"))
            #expect(found.map(\.id) == ["1", "2"])
            #expect(server.requests.map(\.target) == ["/fhir/Patient/_search", "/fhir/Patient/_search"])
            #expect(server.requests.last?.bodyText == "identifier=urn:x%7C4711&_page=2")
        }
    }

    @Test("A next link outside the root, a loop and an endless list are refused")
    func badLinks() async throws {
        #expect(
            try await error { _ in searchset([], links: ["next": "http://h/admin?_page=2"]) }?.code
                == "peer.search.link")
        #expect(
            try await error { _ in searchset([], links: ["next": "/fhir/Patient?_page=2"]) }?.code
                == "peer.search.tooMany")
        #expect(
            try await error { request in
                searchset([], links: ["next": "/fhir?_page=\(request.target.utf8.count + 1)\(request.query)"])
            }?.code == "peer.search.tooMany")
    }

    @Test("An error among the results is not taken for an empty result")
    func outcome() async throws {
        let outcome = #"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}"#
        #expect(try await error { _ in searchset([outcome], mode: "outcome") }?.code == "peer.search.outcome")
    }

    @Test(
        "What is no searchset is refused",
        arguments: [
            ("application/fhir+json", #"{"resourceType":"Bundle","type":"collection"}"#, "search.malformed"),
            ("application/fhir+json", #"{"resourceType":"Patient"}"#, "search.malformed"),
            ("application/fhir+json", "{", "malformed"), ("text/html", "<html>", "mediaType"),
            ("application/fhir+xml", "<Bundle/>", "mediaType"),
        ])
    func malformed(type: String, text: String, code: String) async throws {
        #expect(try await error { _ in .json(text, type: type) } == AdapterError(.incorrect, code: "peer.\(code)"))
    }
}
