import Audit
import Foundation
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("Who may use commands, and who overrides it")
struct CommandAccessTests {
    private let fixture: ListenerFixture
    private let person = Principal(kind: .user, name: "anna")

    init() throws { fixture = try ListenerFixture() }

    private func authorize(
        _ role: Role, _ policy: AccessPolicy, emergency: Emergency? = nil
    ) async throws -> CommandAccess {
        try await CommandAccess.authorize(
            role, store: fixture.store, clock: StandingClock(), policy: policy, emergency: emergency, principal: person)
    }

    private func records() async throws -> [AuditRecord] {
        try await fixture.store.auditEntries(AuditQuery(), reading: []).compactMap(\.record)
    }

    @Test(
        "Lists bind by role: absent lets everybody in, empty nobody",
        arguments: [
            (AccessPolicy(), Role.operator, true), (AccessPolicy(operators: []), .operator, false),
            (AccessPolicy(operators: ["anna"]), .operator, true), (AccessPolicy(operators: ["anna"]), .auditor, true),
            (AccessPolicy(operators: ["anna"], auditors: ["otto"]), .auditor, false),
            (AccessPolicy(), .application, false), (AccessPolicy(), Role("chief"), false),
        ])
    func lists(_ policy: AccessPolicy, _ role: Role, _ isPermitted: Bool) {
        #expect(policy.permits(role, to: "anna") == isPermitted)
    }

    @Test func `a refusal is recorded and says nothing else`() async throws {
        await #expect(throws: AccessError.self) {
            _ = try await authorize(.auditor, AccessPolicy(auditors: ["otto"]))
        }
        let record = try #require(try await records().first)
        #expect(record.event == .accessRefused && record.outcome == .minorFailure && record.code == "access.refused")
        #expect(record.principal == person && record.roles.isEmpty && record.details == ["role": "auditor"])
    }

    @Test func `an emergency lets in, marks every record and is closed`() async throws {
        let emergency = try #require(Emergency(reason: .patientEmergency, ticket: "INC-7"))
        let access = try await authorize(.auditor, AccessPolicy(auditors: []), emergency: emergency)
        try await access.record([access.trail.reading(.auditRead, role: .auditor, subjects: [])])
        try await access.end()
        let records = try await records()
        #expect(records.map(\.event) == [.emergencyStart, .auditRead, .emergencyStop])
        #expect(records.allSatisfy { $0.purpose == .breakTheGlass && $0.roles == [.auditor] })
        #expect(Set(records.map(\.correlation)).count == 1)
        #expect(records[0].details == ["emergency": "patientEmergency", "ticket": "INC-7"])
    }

    @Test func `serve counts and tells of it once`() async throws {
        let emergency = try #require(Emergency(reason: .legal))
        let access = try await authorize(.operator, AccessPolicy(operators: []), emergency: emergency)
        try await access.end()
        // A second watch is the next start: it goes on where the first one ended.
        for watch in [self.watch, self.watch] {
            await watch.look()
            await watch.look()
        }
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_access_alarms_total{outcome="emergency"} 1"#))
    }

    private var watch: EmergencyWatch {
        EmergencyWatch(
            store: fixture.store, clock: StandingClock(), metrics: fixture.metrics, logger: fixture.logger)
    }

    @Test func `a record that was spoiled raises an alarm of its own and hides no later emergency`() async throws {
        for reason in [Emergency.Reason.legal, .publicHealth] {
            let emergency = try #require(Emergency(reason: reason))
            _ = try await authorize(.operator, AccessPolicy(operators: []), emergency: emergency)
        }
        try fixture.spoilBody(of: 0)
        await watch.look()
        let metrics = fixture.metrics.render(nil)
        #expect(metrics.contains(#"imaging_gateway_access_alarms_total{outcome="unreadable"} 1"#))
        #expect(metrics.contains(#"imaging_gateway_access_alarms_total{outcome="emergency"} 1"#))
    }

    @Test(arguments: ["", "a b", "Jane Canary", String(repeating: "a", count: 41), "ä"])
    func `a ticket is no place for words`(_ ticket: String) {
        #expect(Emergency(reason: .legal, ticket: ticket) == nil)
    }

    @Test func `the person is the process's real account`() {
        #expect(OperatorPrincipal.current.kind == .user)
        #expect(OperatorPrincipal.name(of: 0) == "root")
        #expect(OperatorPrincipal.name(of: 4_000_000_000) == "uid:4000000000")
    }
}

@Suite("Files that decide how the gateway works")
struct FilesInUseTests {
    private let fixture: ListenerFixture
    private let trail: AuditTrail

    init() throws {
        fixture = try ListenerFixture()
        trail = AuditTrail(
            store: fixture.store, clock: StandingClock(), principal: Principal(kind: .service, name: "test"))
    }

    private func file(_ digest: String, _ name: String = "configuration") -> LoadedFile {
        LoadedFile(.configurationLoaded, name: name, sha256: digest)
    }

    @Test func `the first start changes nothing, a later one tells what is different`() throws {
        let first = FilesInUse(folder: fixture.folder.path)
        #expect(
            first.started(with: [file("aa"), file("bb", "old")], trail).map(\.event) == [
                .configurationLoaded, .configurationLoaded,
            ])
        try first.save()
        let second = FilesInUse(folder: fixture.folder.path)
        let records = second.started(with: [file("cc")], trail)
        #expect(records.map(\.event) == [.configurationChanged, .configurationChanged, .configurationLoaded])
        #expect(records[0].details["step"] == "removed" && records[0].details["file"] == "old")
        #expect(records[1].details["formerSHA256"] == "aa" && records[1].details["sha256"] == "cc")
        #expect(second.reloaded([file("cc")], trail).isEmpty, "the same again")
        #expect(second.reloaded([file("dd")], trail).map(\.event) == [.configurationChanged, .configurationLoaded])
    }

    @Test func `a damaged note makes it a first start`() throws {
        try Data("{".utf8).write(to: URL(fileURLWithPath: fixture.folder.path + "/in-use.json"))
        let files = FilesInUse(folder: fixture.folder.path)
        #expect(files.started(with: [file("aa")], trail).map(\.event) == [.configurationLoaded])
    }
}
