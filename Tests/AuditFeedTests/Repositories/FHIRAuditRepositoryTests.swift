import Audit
import FHIR
import JSON
import MerkleLog
import OutboundHTTP
import Synchronization
import Testing
import Workflow

@testable import AuditFeed

/// An audit repository that keeps what is put or posted, and refuses what a test says.
private final class Repository: Sendable {
    private let kept = Mutex<[String: JSONValue]>([:])
    private let posted = Mutex(0)
    let refuses: @Sendable (JSONValue) -> Int?
    let takesBatches: Bool

    init(takesBatches: Bool = true, refuses: @escaping @Sendable (JSONValue) -> Int? = { _ in nil }) {
        self.takesBatches = takesBatches
        self.refuses = refuses
    }

    var events: [String: JSONValue] { kept.withLock { $0 } }
    var count: Int { posted.withLock { $0 } }

    func answer(_ request: TestRequest) -> TestResponse {
        guard let json = try? JSONValue(parsing: request.body) else { return .answer(400) }
        guard json["resourceType"]?.string == "Bundle" else {
            return .answer(store(json, request.method, request.path))
        }
        guard takesBatches, json["type"]?.string == "batch" else { return .answer(405) }
        let statuses = (json["entry"]?.array ?? []).map { entry -> JSONValue in
            let path = "/fhir/" + (entry["request"]?["url"]?.string ?? "")
            let status = store(entry["resource"] ?? .null, entry["request"]?["method"]?.string ?? "", path)
            return ["response": ["status": .string("\(status) Status")]]
        }
        let answer: JSONValue = [
            "resourceType": "Bundle", "type": "batch-response", "entry": .array(statuses),
        ]
        return .answer(200, "application/fhir+json", body: answer.serialized(.compact))
    }

    private func store(_ event: JSONValue, _ method: String, _ path: String) -> Int {
        if let status = refuses(event) { return status }
        if method == "POST", path == "/fhir/AuditEvent", event["id"] == nil {
            let id = posted.withLock {
                $0 += 1
                return $0
            }
            kept.withLock { $0["\(id)"] = event }
            return 201
        }
        guard method == "PUT", let id = event["id"]?.string, path == "/fhir/AuditEvent/\(id)" else { return 400 }
        return kept.withLock { $0.updateValue(event, forKey: id) } == nil ? 201 : 200
    }
}

private func with(
    _ server: Repository, creation: FHIRAuditRepository.Creation = .put,
    body: (FHIRAuditRepository, TestServer) async throws -> Void
) async throws {
    try await TestServer.with(answer: { server.answer($0) }) { test in
        try await withClient(testPeer(test.port, path: "/fhir")) { client in
            try await body(FHIRAuditRepository(client: client, renderer: events, creation: creation), test)
        }
    }
}

private func allTaken(by repository: FHIRAuditRepository, _ entries: [AuditEntry]) async throws {
    let refusals = try await repository.send(entries)
    #expect(refusals.isEmpty)
}

private func isRefused(_ event: JSONValue) -> Bool {
    event["subtype"]?.array?.contains { $0["code"]?.string == "study.match" } == true
}

@Suite(.timeLimit(.minutes(1))) struct FHIRAuditRepositoryTests {
    @Test func `A batch is put under the hashes of its leaves, and sent again is stored once`() async throws {
        let server = Repository()
        try await with(server) { repository, test in
            try await allTaken(by: repository, allEntries + [entry(900, nil)])
            try await allTaken(by: repository, allEntries)
            #expect(Set(server.events.keys) == Set(allEntries.map { MerkleHash.leaf($0.leaf).hex }))
            #expect(
                test.requests.count == 2
                    && test.requests.allSatisfy { $0.method == "POST" && $0.path == "/fhir/" || $0.path == "/fhir" })
            #expect(test.requests.allSatisfy { $0.headers["content-type"] == "application/fhir+json" })
            // Nothing of a patient in a URL.
            #expect(test.requests.allSatisfy { !$0.target.contains("4711") })
        }
    }

    @Test func `One event goes by itself; posted, it has no id of ours`() async throws {
        let server = Repository()
        try await with(server) { repository, test in
            try await allTaken(by: repository, [allEntries[3]])
            #expect(test.requests.map(\.method) == ["PUT"])
        }
        try await with(server, creation: .post) { repository, test in
            try await allTaken(by: repository, [allEntries[3]])
            try await allTaken(by: repository, Array(allEntries.prefix(5)))
            #expect(test.requests.map(\.method) == ["POST", "POST"] && server.count == 6)
        }
    }

    @Test(arguments: [400, 409, 413, 422]) func `A refused event is named and the others are taken`(status: Int)
        async throws
    {
        let server = Repository { isRefused($0) ? status : nil }
        let refused = try #require(allEntries.first { $0.record?.event == .studyMatch })
        try await with(server) { repository, _ in
            let refusals = try await repository.send(allEntries)
            #expect(refusals.map(\.index) == [refused.index])
            #expect(refusals.map(\.code) == ["peer.http.\(status)"])
            #expect(server.events.count == allEntries.count - 1)
            let again = try await repository.send([refused])
            #expect(again.map(\.index) == [refused.index])
        }
    }

    @Test(arguments: [401, 403, 404, 500, 503]) func `An answer about the repository throws, whichever event gets it`(
        status: Int
    ) async throws {
        let server = Repository { isRefused($0) ? status : nil }
        try await with(server) { repository, _ in
            let found = await #expect(throws: AdapterError.self) { try await repository.send(allEntries) }
            #expect(found?.code == "peer.batch.\(status)")
        }
    }

    @Test func `Where no batch is taken, events go one after the other`() async throws {
        let server = Repository(takesBatches: false)
        try await with(server) { repository, test in
            try await allTaken(by: repository, allEntries)
            #expect(server.events.count == allEntries.count && test.requests.count == allEntries.count + 1)
        }
    }

    @Test(arguments: ["{}", "", #"{"resourceType":"Bundle","type":"batch-response","entry":[]}"#])
    func `An answer that does not account for each event is no success`(body: String) async throws {
        try await TestServer.with(answer: { _ in .answer(200, "application/fhir+json", body: Array(body.utf8)) }) {
            test in
            try await withClient(testPeer(test.port, path: "/fhir")) { client in
                let repository = FHIRAuditRepository(client: client, renderer: events)
                await #expect(throws: AdapterError(.incorrect, code: "peer.batch.malformed")) {
                    try await repository.send(allEntries)
                }
            }
        }
    }
}
