import Audit
import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Mapping
import NIOCore
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("AuditEvents for auditors (ITI-81)")
struct AuditEventRouteTests {
    private static let secret = "a-secret-of-the-auditor-anna"
    private let fixture: ListenerFixture

    init() throws { fixture = try ListenerFixture() }

    private func listener() throws -> FHIRListener {
        var listener = try fixture.fhir()
        listener.auditEvents = AuditEventRoute(
            store: fixture.store, renderer: AuditEventRenderer(observer: "log") { _ in "urn:oid:1.2.3" },
            assigners: try AssignerDirectory([AssignerEntry(name: "hospital", fhir: "urn:oid:1.2.3")]),
            auditors: try Auditors([
                AuditorSection(name: "anna", secretFile: fixture.folder.file("anna", Self.secret))
            ]), refusals: fixture.refusals, clock: SystemClock(), metrics: fixture.metrics, isEncrypted: false)
        return listener
    }

    /// Leaves about two patients, in turn.
    private func record(_ count: Int) async throws {
        let trail = AuditTrail(
            store: fixture.store, clock: SystemClock(), principal: Principal(kind: .service, name: "t"))
        for number in 0..<count {
            let patient = Subject(type: .patient, assigner: "hospital", identifier: number % 2 == 0 ? "A" : "B")
            try await fixture.store.record([trail.reading(.orderRead, role: .operator, subjects: [patient])])
        }
    }

    private func ask(
        _ client: some TestClientProtocol, form: String? = nil, path: String = "/fhir/AuditEvent",
        secret: String? = secret
    ) async throws -> (status: Int, json: JSONValue) {
        var headers: HTTPFields = [:]
        headers[.authorization] = secret.map { "Bearer \($0)" }
        if form != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        return try await client.execute(
            uri: form == nil ? path : "\(path)/_search", method: form == nil ? .get : .post, headers: headers,
            body: form.map { ByteBuffer(string: $0) }
        ) { response in
            (response.status.code, try JSONValue(parsing: Array(response.body.readableBytesView)))
        }
    }

    private static func code(_ json: JSONValue) -> String? {
        json["issue"]?[0]?["details"]?["coding"]?[0]?["code"]?.string
    }

    @Test func `the question is in the log before the answer, with the auditor's name`() async throws {
        try await record(4)
        try await listener().application().test(.router) { client in
            let answer = try await ask(client, form: "patient.identifier=urn:oid:1.2.3|A")
            #expect(answer.status == 200)
            #expect(answer.json["entry"]?.array?.count == 2)
        }
        let last = try #require(try await fixture.store.auditEntries(AuditQuery(), reading: []).last?.record)
        #expect(last.event == .auditRead)
        #expect(last.principal == Principal(kind: .user, name: "anna"))
        #expect(last.roles == [.auditor])
        #expect(last.purpose == .operations)
        #expect(last.subjects.map(\.identifier) == ["A"])
        #expect(last.details["transaction"] == "ITI-81")
    }

    @Test func `pages follow each other without gap or repetition`() async throws {
        try await record(11)
        try await listener().application().test(.router) { client in
            var ids: [String] = []
            var answer = try await ask(client, form: "_count=3&patient.identifier=urn:oid:1.2.3|A")
            for _ in 0..<10 {
                ids += (answer.json["entry"]?.array ?? []).compactMap { $0["resource"]?["id"]?.string }
                let links = answer.json["link"]?.array ?? []
                guard let next = links.first(where: { $0["relation"]?.string == "next" })?["url"]?.string else { break }
                #expect(!next.contains("patient"))
                let path = try #require(next.range(of: "/fhir")).lowerBound
                answer = try await ask(client, path: String(next[path...]))
                #expect(answer.status == 200)
            }
            #expect(ids.count == 6)
            #expect(Set(ids).count == 6)
        }
    }

    @Test func `a record that was spoiled is told in the answer and takes no other out of it`() async throws {
        try await record(6)
        try fixture.spoilBody(of: 2)
        try await listener().application().test(.router) { client in
            let answer = try await ask(client, form: "patient.identifier=urn:oid:1.2.3|A")
            #expect(answer.status == 200)
            let entries = answer.json["entry"]?.array ?? []
            #expect(entries.map { $0["search"]?["mode"]?.string } == ["match", "match", "outcome"])
            let issue = entries.last?["resource"]?["issue"]?[0]
            #expect(issue?["details"]?["coding"]?[0]?["code"]?.string == "audit.search.unreadable")
            #expect(issue?["diagnostics"]?.string?.contains("Record 2 ") == true)
        }
    }

    @Test(arguments: [nil, "wrong-secret-of-24-characters", ListenerFixture.secret])
    func `who is no auditor is refused, and the refusal is recorded as one`(secret: String?) async throws {
        try await record(1)
        try await listener().application().test(.router) { client in
            let answer = try await ask(client, path: "/fhir/AuditEvent?date=ge2020", secret: secret)
            #expect(answer.status == 401)
            #expect(Self.code(answer.json) == "access.refused")
        }
        let entries = try await fixture.store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.map { $0.record?.event } == [.orderRead, .accessRefused])
        #expect(entries.last?.record?.code == "access.refused")
    }

    @Test func `without auditors there is no such place`() async throws {
        try await fixture.fhir().application().test(.router) { client in
            try await client.execute(uri: "/fhir/AuditEvent", method: .get) { #expect($0.status == .notFound) }
        }
    }

    @Test(arguments: [("patient.identifier=A", "audit.search.identifier"), ("a=%", "audit.search.form")])
    func `what cannot be asked is told with its code, and reads nothing`(form: String, code: String) async throws {
        try await listener().application().test(.router) { client in
            let answer = try await ask(client, form: form)
            #expect(answer.status == 400)
            #expect(Self.code(answer.json) == code)
        }
        #expect(try await fixture.store.counts().leaves == 0)
    }
}
