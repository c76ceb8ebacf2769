import Audit
import Testing

@testable import Workflow

@Suite("ImagingStudy notices (design §4)")
struct StudyNoticeTests {
    let simulator: Simulator
    let exam = Exam()

    init() throws { simulator = try Simulator() }

    @Test("A notice wakes the order that waits for the study, and polling starts over")
    func wakes() async throws {
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work(for: .seconds(3600), every: .seconds(10))
        #expect(try await gateway.order.content.progress.polls > 5)
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work()
        #expect(try await gateway.order.content.progress.polls == 1)
        try simulator.archive.hold(exam.holding())
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A notice before its order becomes the order that comes, by number or by study", arguments: [true, false])
    func adoptedByIntake(_ withNumber: Bool) async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        try await gateway.announce(exam.imagingStudy(withNumber: withNumber))
        let notice = try await gateway.order
        #expect(notice.kind == .notice)
        await gateway.send(exam.order(id: "1"))
        let order = try await gateway.order
        #expect(order.id == notice.id)
        #expect(order.kind == .order)
        #expect(order.content.correlation == notice.content.correlation)
        #expect(order.content.imagingStudyID == "is1")
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test(
        "A notice whose study only the EHR ties to the order is handed over by the worker",
        arguments: ["ServiceRequest/sr1", "https://ehr.example/fhir/ServiceRequest/sr1"])
    func adoptedByWorker(_ reference: String) async throws {
        try simulator.prepare(exam, images: false)
        try simulator.ehr.put(exam.imagingStudy(withNumber: false, basedOn: reference))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", study: .some(nil)))
        try await gateway.work()
        try simulator.archive.hold(exam.holding())
        try await gateway.announce(exam.imagingStudy(withNumber: false))
        #expect(try await gateway.orders.count == 2)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A request on another server is not read from ours")
    func foreignRequest() async throws {
        try simulator.prepare(exam, images: false)
        try simulator.ehr.put(
            exam.imagingStudy(withNumber: false, basedOn: "https://other.example/fhir/ServiceRequest/sr1"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", study: .some(nil)))
        try await gateway.announce(exam.imagingStudy(withNumber: false))
        try await gateway.work()
        #expect(try await gateway.orders.count == 2)
    }

    @Test("Without an order a notice ends as not applicable, and no image is touched")
    func withoutOrder() async throws {
        try simulator.ehr.put(exam.imagingStudy())
        try simulator.archive.hold(exam.holding())
        let gateway = try await simulator.start()
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work(for: .seconds(4800), every: .seconds(300))
        #expect(try await gateway.state == .notApplicable)
        #expect(try await gateway.order.content.notApplicableReason == "noOrder")
        #expect(simulator.ledger.accesses(.studyQuery) == 0)
        #expect(simulator.ledger.violations == [])
    }

    @Test("A conflict that the EHR reports is counted like any other failure of a notice")
    func conflictOfTheEHR() async throws {
        simulator.ehr.fail(AdapterError(.conflict, code: "ehr.http.409"))
        let gateway = try await simulator.start()
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work()
        #expect(try await gateway.order.content.progress.conflicts == 1)
    }

    @Test(
        "What cannot be used is refused and kept",
        arguments: [
            ("{not json", "fhir.json."), (#"{"resourceType":"Patient","id":"x"}"#, "fhir.notAnImagingStudy"),
            (#"{"resourceType":"ImagingStudy","id":"x"}"#, "fhir.studyInstanceUIDMissing"),
            (
                ##"{"resourceType":"ImagingStudy","id":"x","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1..2"}]}"##,
                "fhir.studyInstanceUIDMissing"
            ),
            (#"{"resourceType":"ImagingStudy","id":"x/y"}"#, "fhir.idInvalid"),
        ])
    func invalid(_ body: String, _ code: String) async throws {
        let gateway = try await simulator.start()
        guard case .invalid(let found, _) = try await gateway.notices.receive(body: Array(body.utf8), id: nil) else {
            throw Missing()
        }
        #expect(found.hasPrefix(code))
        #expect(try await gateway.store.counts().keptMessages == 1)
        #expect(try await gateway.orders.isEmpty)
    }

    @Test("The id in the URL must be the resource's")
    func otherID() async throws {
        let gateway = try await simulator.start()
        let body = Array(exam.imagingStudy().utf8)
        #expect(
            try await gateway.notices.receive(body: body, id: "other")
                == .invalid(code: "fhir.idInvalid", expression: "ImagingStudy.id"))
        #expect(try await gateway.notices.receive(body: body, id: "is1") == .accepted)
    }
}
