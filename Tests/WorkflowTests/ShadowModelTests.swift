import Audit
import FHIR
import ImageClassifier
import JSON
import Mapping
import Persistence
import Testing

@testable import Workflow

@Suite("Several models, and models in the shadow (docs/integrate/models.md)")
struct ShadowModelTests {
    let simulator: Simulator
    let exam: Exam

    init() throws {
        simulator = try Simulator(receivers: ["his-results"])
        var exam = Exam()
        exam.isChild = true
        self.exam = exam
    }

    private static let shadow = SimulatedModel(id: "candidate", mode: .shadow)

    private func records(_ event: AuditEventType) async throws -> [AuditRecord] {
        let store = try SQLiteStore.open(simulator.folder, keys: simulator.keys)
        return try await store.auditEntries(AuditQuery(limit: 10_000), reading: []).sorted { $0.index < $1.index }
            .compactMap(\.record).filter { $0.event == event && $0.phase.intent != nil }
    }

    /// Every resource at the EHR and every message that was sent, as text.
    private var everythingOutside: [String] {
        let types = ["Device", "Observation", "DiagnosticReport", "Provenance"]
        return types.flatMap { simulator.ehr.all($0) }
            .map { String(decoding: JSONValue.object($0).serialized(), as: UTF8.self) }
            + simulator.receivers.flatMap(\.messages).map { String(decoding: $0, as: UTF8.self) }
    }

    private func run(_ settings: Settings, _ exam: Exam? = nil) async throws -> SimulatedGateway {
        try simulator.prepare(exam ?? self.exam)
        let gateway = try await simulator.start(settings)
        #expect(await gateway.send((exam ?? self.exam).order(id: "1")) == "AA")
        try await gateway.work()
        return gateway
    }

    @Test("A shadow model is recorded and counted, and what goes out is what went out without it")
    func shadow() async throws {
        let gateway = try await run(Settings(models: [.bundled, Self.shadow]))
        #expect(try await gateway.state == .delivered)
        let asked = try await records(.classify)
        #expect(asked.map { $0.details["mode"] } == ["report", "shadow"])
        #expect(asked.map { $0.details["model"] } == [ModelBundle.defaultID, "candidate"])
        #expect(asked[0].details["refusal"] == asked[1].details["refusal"])
        #expect(asked[0].details["probability"] == asked[1].details["probability"])
        #expect(asked[0].accessClass == .treatment && asked[1].accessClass == .operations)
        #expect(gateway.outcomes.all.map(\.mode) == [.report, .shadow])
        // Nothing outside knows of it.
        let outside = everythingOutside
        #expect(!outside.isEmpty)
        #expect(!outside.contains { $0.contains("candidate") })
        #expect(try simulator.verification().openIntents == 0)
    }

    @Test("A shadow model that cannot be recorded is not asked, and the report is out all the same")
    func unrecorded() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(models: [.bundled, Self.shadow]))
        gateway.store.refuse { $0.details["mode"] == "shadow" }
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        #expect(gateway.outcomes.all.last == ModelOutcome(model: "candidate", mode: .shadow, outcome: "unrecorded"))
        #expect(try await records(.classify).count == 1)
    }

    @Test("The report is stored before a shadow model is asked")
    func order() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(models: [Self.shadow, .bundled]))
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        let store = try SQLiteStore.open(simulator.folder, keys: simulator.keys)
        let entries = try await store.auditEntries(AuditQuery(limit: 10_000), reading: [])
        let composed = try #require(entries.first { $0.record?.details["to"] == "composed" })
        let asked = entries.filter { $0.record?.details["mode"] == "shadow" }.map(\.index)
        #expect(asked.count == 2, "intent and outcome")
        #expect(composed.index < asked.min() ?? 0)
    }

    @Test("Shadow models alone: the order ends without a report, in no form, and says why")
    func shadowOnly() async throws {
        let gateway = try await run(
            Settings(models: [SimulatedModel(id: ModelBundle.defaultID, mode: .shadow), Self.shadow]))
        let order = try await gateway.order
        #expect(order.state == .notApplicable)
        #expect(order.content.notApplicableReason == "shadowOnly")
        #expect(simulator.ehr.reports.isEmpty && simulator.ehr.all("Observation").isEmpty)
        #expect(simulator.receivers.flatMap(\.messages).isEmpty)
        #expect(try await records(.classify).map { $0.details["mode"] } == ["shadow", "shadow"])
        #expect(try await records(.reportCompose).isEmpty)
        #expect(try simulator.verification().isIntact)
        // A model that brings the gateway down is not asked again: the order has ended before.
        let store = try SQLiteStore.open(simulator.folder, keys: simulator.keys)
        let entries = try await store.auditEntries(AuditQuery(limit: 10_000), reading: [])
        let ended = try #require(entries.first { $0.record?.code == "order.shadowOnly" })
        let asked = entries.filter { $0.record?.details["mode"] == "shadow" }.map(\.index)
        #expect(asked.count == 4 && ended.index < asked.min() ?? 0)
    }

    @Test("A shadow model alone that cannot be recorded is not asked, and the order ends all the same")
    func shadowOnlyUnrecorded() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(
            Settings(models: [
                SimulatedModel(id: ModelBundle.defaultID, mode: .shadow)
            ]))
        gateway.store.refuse { $0.details["mode"] == "shadow" }
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.order.content.notApplicableReason == "shadowOnly")
        #expect(gateway.outcomes.all.map(\.outcome) == ["unrecorded"])
        #expect(try await records(.classify).isEmpty)
    }

    @Test("A model that was asked again, because the report could not be stored, is counted once")
    func countedOnce() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        gateway.store.refuse { $0.details["to"] == "composed" }
        await gateway.send(exam.order(id: "1"))
        await #expect(throws: AdapterError.self) { try await gateway.work() }
        #expect(gateway.outcomes.all.isEmpty)
        gateway.store.refuse { _ in false }
        simulator.clock.advance(OrderWorker.leaseDuration + .seconds(1))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try await records(.classify).count == 2)
        #expect(gateway.outcomes.all.map(\.mode) == [.report])
    }

    // MARK: - Routing

    private static let anyChest = """
        version: 1
        rules:
          - {name: chest, any: [{modality: [DX]}]}
        """

    @Test("Where the site names no model, the first whose own rule fits answers")
    func byRule() async throws {
        let feet = SimulatedModel(
            id: "feet", mode: .report, rule: #"{"any":[{"modality":["DX"],"bodyPart":["FOOT"]}]}"#)
        let gateway = try await run(
            Settings(models: [feet, SimulatedModel(id: "second", mode: .report)], routing: Self.anyChest))
        #expect(try await gateway.state == .delivered)
        #expect(try await records(.classify).map { $0.details["model"] } == ["second"])
        let outside = everythingOutside.joined()
        #expect(outside.contains("second") && !outside.contains("\"feet\""))
    }

    @Test("An order that no model is made for is stored as not applicable with its reason, and nobody is asked")
    func noModel() async throws {
        let feet = SimulatedModel(
            id: "feet", mode: .report, rule: #"{"any":[{"modality":["DX"],"bodyPart":["FOOT"]}]}"#)
        let gateway = try await run(Settings(models: [feet], routing: Self.anyChest))
        #expect(try await gateway.state == .notApplicable)
        #expect(try await gateway.order.content.notApplicableReason == "noModel")
        #expect(simulator.ledger.accessCount == 0)
    }

    @Test("An order that was accepted, and for which there is no model after a restart, ends with a code")
    func modelGone() async throws {
        try simulator.prepare(exam)
        let before = try await simulator.start()
        await before.send(exam.order(id: "1"))
        let feet = SimulatedModel(
            id: "feet", mode: .report, rule: #"{"any":[{"modality":["DX"],"bodyPart":["FOOT"]}]}"#)
        let gateway = try await simulator.start(Settings(models: [feet], routing: Self.anyChest))
        try await gateway.work()
        #expect(try await gateway.state == .notApplicable)
        #expect(try await gateway.order.content.notApplicableReason == "noModel")
        let store = try SQLiteStore.open(simulator.folder, keys: simulator.keys)
        let records = try await store.auditEntries(AuditQuery(limit: 10_000), reading: []).compactMap(\.record)
        #expect(records.contains { $0.event == .orderState && $0.code == "order.noModel" })
        #expect(simulator.ledger.accessCount == 0)
    }

    private static let noChest = """
        version: 1
        rules:
          - {name: other, any: [{modality: [MG]}]}
        """

    @Test("An accepted order that a changed rule of the site claims no more is not reported, though a model fits it")
    func ruleGone() async throws {
        try simulator.prepare(exam)
        let before = try await simulator.start()
        await before.send(exam.order(id: "1"))
        let gateway = try await simulator.start(Settings(routing: Self.noChest))
        try await gateway.work()
        #expect(try await gateway.state == .notApplicable)
        #expect(try await gateway.order.content.notApplicableReason == "noRule")
        #expect(simulator.ledger.accessCount == 0)
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("The same where its report is out: a person looks at it")
    func ruleGoneAfterwards() async throws {
        _ = try await run(Settings())
        let gateway = try await simulator.start(Settings(routing: Self.noChest))
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work()
        #expect(try await gateway.state == .parked)
        #expect(try await gateway.order.content.parking?.reason == .orderChanged)
        #expect(try await gateway.order.content.parking?.code == "order.noRule")
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("A shadow model is not shown what it is not made for")
    func shadowRule() async throws {
        let feet = SimulatedModel(
            id: "feet", mode: .shadow, rule: #"{"any":[{"modality":["DX"],"bodyPart":["FOOT"]}]}"#)
        let gateway = try await run(Settings(models: [.bundled, feet]))
        #expect(try await gateway.state == .delivered)
        #expect(try await records(.classify).map { $0.details["model"] } == [ModelBundle.defaultID])
    }
}
