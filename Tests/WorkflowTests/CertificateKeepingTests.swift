import Audit
import DICOM
import Deidentification
import Sealing
import Testing

@testable import Workflow

@Suite("Without its certificate nothing comes of a study")
struct CertificateKeepingTests {
    let simulator: Simulator
    let exam = Exam()

    init() throws {
        simulator = try Simulator()
        try simulator.prepare(exam)
    }

    @Test(
        "An order whose certificate cannot be stored reaches no model and no EHR, and goes on when it can"
    )
    func order() async throws {
        let gateway = try await simulator.start()
        gateway.store.keepCertificates(false)
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        let waiting = try await gateway.order
        #expect(waiting.state == .accepted && waiting.content.progress.failures == 1)
        #expect(gateway.outcomes.all.isEmpty)
        #expect(simulator.ehr.reports.isEmpty)
        #expect(try await gateway.store.certificates(of: waiting.id) == [])
        gateway.store.keepCertificates(true)
        simulator.clock.advance(.seconds(600))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(gateway.outcomes.all.count == 1)
        let kept = try await gateway.store.certificates(of: waiting.id)
        #expect(kept.map(\.purpose) == ["model"])
        let first = try #require(kept.first)
        let read = try #require(SignedCertificate(parsing: first.bytes))
        #expect(read.isSigned(byOneOf: simulator.keys.certificateKeys.map(\.verifier)))
    }

    @Test(
        "A copy for research whose certificate cannot be stored is not sent, and is sent when it can")
    func export() async throws {
        let gateway = try await simulator.start(Settings(research: ExportRule()))
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        gateway.store.keepCertificates(false)
        try await gateway.export()
        #expect(simulator.research.received == 0)
        #expect(try await gateway.exports.map(\.state) == [.pending])
        #expect(try await gateway.exports.first?.code == "simulated.diskFull")
        gateway.store.keepCertificates(true)
        simulator.clock.advance(.seconds(600))
        try await gateway.export()
        #expect(try await gateway.exports.map(\.state) == [.sent])
        let order = try await gateway.order.id
        #expect(
            try await gateway.store.certificates(of: order).map(\.purpose) == ["model", "research"])
    }

    @Test("Other pixel rules than those under which a copy was decided quarantine it")
    func pixelRules() async throws {
        let first = try await simulator.start(Settings(research: ExportRule()))
        await first.send(exam.order(id: "1"))
        try await first.work()
        var settings = Settings(research: ExportRule())
        settings.researchPixelRules = BurnedInPolicy(
            gate: .risky,
            templates: [
                try MaskTemplate(
                    yaml:
                        "{version: 1, name: m, match: {modality: [US]}, covered: [{left: 0, top: 0, width: 1, height: 1, unit: fraction}]}"
                )
            ])
        let second = try await simulator.start(settings)
        try await second.export()
        #expect(try await second.exports.map(\.code) == ["export.profileChanged"])
        #expect(simulator.research.received == 0)
    }
}
