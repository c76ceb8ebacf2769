import Audit
import FHIR
import JSON
import Persistence
import Sealing
import Testing

@testable import Workflow

@Suite("What each record tells (docs/comply/recorded.md)")
struct RecordedFactsTests {
    let simulator: Simulator
    let exam = Exam()
    let sender = MessageSenderIdentity(
        certificateNames: ["his.hospital.example"], certificateSHA256: String(repeating: "ab", count: 32),
        address: "192.0.2.7")

    init() throws { simulator = try Simulator(receivers: ["his-results"]) }

    private func records() async throws -> [AuditRecord] {
        let store = try SQLiteStore.open(simulator.folder, keys: simulator.keys)
        return try await store.auditEntries(AuditQuery(limit: 10_000), reading: []).compactMap(\.record)
    }

    private func delivered(_ settings: Settings = Settings()) async throws -> SimulatedGateway {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(settings)
        _ = await gateway.intake.receive(Array(exam.order(id: "MSG-1").utf8), from: sender)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        return gateway
    }

    @Test("A message is its sender's act: name, certificate, address, and which message it was")
    func messages() async throws {
        _ = try await delivered()
        let accepted = try #require(try await records().first { $0.event == .orderAccepted })
        #expect(accepted.principal == Principal(kind: .peer, name: "his"))
        #expect(accepted.roles == [.orderPlacer])
        #expect(accepted.peer == Peer(name: "his", address: "192.0.2.7"))
        let expected = [
            "messageSHA256": Digest.sha256(Array(exam.order(id: "MSG-1").utf8)).hex, "sendingApplication": "HIS",
            "sendingFacility": "HOSP", "messageControlID": "MSG-1", "acknowledgment": "AA", "state": "accepted",
            "authentication": "certificate", "certificate": "his.hospital.example",
            "certificateSHA256": String(repeating: "ab", count: 32),
        ]
        #expect(accepted.details == expected)
    }

    @Test("One correlation leads from the message to the last delivery, replays and withdrawal included")
    func correlation() async throws {
        let gateway = try await delivered(Settings(retraction: .enteredInError))
        _ = await gateway.intake.receive(Array(exam.order(id: "MSG-1").utf8), from: sender)
        simulator.clock.advance(.seconds(60))
        await gateway.send(exam.order("CA", id: "2"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        let records = try await records()
        let correlation = try await gateway.order.content.correlation
        #expect(Set(records.map(\.correlation)) == [correlation])
        for event in [
            AuditEventType.orderAccepted, .orderAcknowledged, .studyQuery, .patientRead, .serviceRequestRead,
            .imagingStudyRead, .studyMatch, .studyRetrieve, .studyDeidentify, .classify, .reportCompose, .reportRead,
            .reportPost, .resultSend, .reportWithdraw, .orderState,
        ] {
            #expect(records.contains { $0.event == event }, "\(event.rawValue)")
        }
        let replay = try #require(records.first { $0.event == .orderAcknowledged })
        #expect(replay.code == "replay" && replay.details["orders"] == "1")
    }

    @Test("An acknowledgment that is sent later belongs to the order")
    func deferred() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(deferredDestination: "replies"))
        let text = exam.order(id: "M7").split(separator: "\r").map { $0.hasPrefix("MSH") ? $0 + "|||AL|AL" : $0 }
        await gateway.send(text.joined(separator: "\r") + "\r")
        let replies = SimulatedReceiver(name: "replies", ledger: nil)
        let deliverer = ReplyDeliverer(
            store: gateway.store, destinations: [replies], retry: RetryPolicy(maxAge: .seconds(600)),
            clock: simulator.clock, trail: gateway.trail)
        #expect(try await deliverer.deliverOne())
        let reply = try #require(try await records().first { $0.event == .orderAcknowledged })
        #expect(reply.correlation == (try await gateway.order.content.correlation))
        #expect(reply.details["reply"] == "delivered" && reply.details["messageControlID"] != nil)
    }

    @Test("A notice that finds its order is told in the history of both")
    func adopted() async throws {
        try simulator.prepare(exam, images: false)
        try simulator.ehr.put(exam.imagingStudy(withNumber: false, basedOn: "ServiceRequest/sr1"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", study: .some(nil)))
        try await gateway.announce(exam.imagingStudy(withNumber: false))
        try await gateway.work()
        let adopted = try await records().filter { $0.event == .studyNotice && $0.details["step"] == "adopted" }
        let order = try await gateway.order
        #expect(adopted.count == 2)
        #expect(Set(adopted.map(\.correlation)).contains(order.content.correlation))
        #expect(adopted.allSatisfy { $0.subjects.contains { $0.type == .order } })
    }

    @Test("Counts, bytes, digests, versions and durations are told")
    func facts() async throws {
        _ = try await delivered()
        let records = try await records()
        func outcome(_ event: AuditEventType) throws -> AuditRecord {
            try #require(records.first { $0.event == event && $0.phase.intent != nil }, "\(event.rawValue)")
        }
        let retrieved = try outcome(.studyRetrieve)
        #expect(retrieved.details["count"] == "1")
        #expect(try outcome(.patientRead).details["query"] == "Patient?identifier=urn:hospital%7CP007")
        #expect(try outcome(.studyQuery).details["query"]?.hasPrefix("studies?StudyInstanceUID=") == true)
        #expect(Int(retrieved.details["bytes"] ?? "") ?? 0 > 1000)
        let scored = try outcome(.classify)
        #expect(scored.details["inputs"] == retrieved.details["inputs"])
        #expect(scored.details["weights"]?.count == 64 && scored.details["device"] == "cpu")
        #expect(scored.details["probability"] != nil || scored.details["refusal"] != nil)
        #expect(try outcome(.studyDeidentify).details["actions"]?.contains(":") == true)
        let posted = try outcome(.reportPost)
        #expect(posted.details["version"] == "1" && posted.details["resource"] == "DiagnosticReport")
        #expect(posted.subjects.contains { $0.type == .report && $0.identifier.hasPrefix("DiagnosticReport/") })
        let sent = try #require(records.first { $0.event == .resultSend && $0.phase == .intent })
        #expect(Int(sent.details["bytes"] ?? "") ?? 0 > 100 && sent.details["messageControlID"] != nil)
        #expect(records.filter { $0.phase.intent != nil }.allSatisfy { $0.details["duration"] != nil })
    }

    @Test("No record has a detail that the page does not have for its event, and none has free text")
    func declared() async throws {
        let gateway = try await delivered(Settings(retraction: .enteredInError))
        await gateway.send("MSH|nonsense")
        await gateway.send(OrderText.merge("2", (surviving: "P100", prior: "P007")))
        await gateway.send(exam.order(id: "3", accession: "ACC-OTHER", procedure: "", modality: ""))
        simulator.clock.advance(.seconds(60))
        await gateway.send(exam.order("CA", id: "4"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        let page = try RecordedPage()
        for record in try await records() {
            let declared = try #require(page.details[record.event.rawValue])
            #expect(Set(record.details.keys).subtracting(declared).sorted() == [], "\(record.event.rawValue)")
            for (name, value) in record.details where name != "query" {
                for word in ["Canary", "Jane", exam.patient, exam.accession, "20200115"] {
                    #expect(!value.contains(word), "\(record.event.rawValue).\(name)")
                }
            }
        }
    }

    @Test("A receiver outside the treatment makes a disclosure of it, with its purpose")
    func disclosure() throws {
        let scope = AuditScope().disclosed(for: PurposeOfUse("PUBHLTH"))
        #expect(scope.accessClass == .disclosure && scope.purpose == PurposeOfUse("PUBHLTH"))
        #expect(AuditScope().disclosed(for: nil).accessClass == .treatment)
    }

    @Test("Senders that are refused again and again are counted instead of kept")
    func limited() async throws {
        let gateway = try await simulator.start()
        let counted = Counted(allowing: 2)
        let intake = OrderIntake(
            store: gateway.store, source: gateway.intake.source, routing: gateway.intake.routing,
            names: gateway.intake.names, clock: simulator.clock, trail: gateway.trail, refusals: counted)
        for _ in 0..<10 { _ = await intake.receive(Array("no message".utf8), from: sender) }
        #expect(try await records().filter { $0.event == .listenerRefused }.count == 2)
        #expect(try await records().allSatisfy { $0.principal.name == "unknown" && $0.roles.isEmpty })
        #expect(counted.asked == 10)
    }
}
