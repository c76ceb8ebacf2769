import Audit
import DICOM
import Deidentification
import Foundation
import Mapping
import Persistence
import Sealing
import Synchronization
import Testing

@testable import Workflow

/// A patient who objects in the middle of a test.
private final class Objection: Sendable {
    let isMade = Mutex(false)
}

@Suite("A de-identified copy of a delivered order goes to the research archive")
struct ExportTests {
    let simulator: Simulator
    let exam = Exam()

    init() throws {
        simulator = try Simulator()
        try simulator.prepare(exam)
    }

    private func deliver(_ settings: Settings = Settings(research: ExportRule())) async throws -> SimulatedGateway {
        let gateway = try await simulator.start(settings)
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        return gateway
    }

    private func only(_ gateway: SimulatedGateway) async throws -> ExportJob {
        let exports = try await gateway.exports
        try #require(exports.count == 1)
        return exports[0]
    }

    @Test("It becomes due with the delivery, and is sent with a certificate in a series of its own")
    func delivered() async throws {
        let gateway = try await deliver()
        #expect(try await only(gateway).state == .pending)
        try await gateway.export()
        let job = try await only(gateway)
        #expect(job.state == .sent)
        #expect(job.code == nil)
        let instances = try simulator.research.instances()
        #expect(Set(instances.map { $0.dataSet.string(.modality) }) == ["DX", "SR"])
        #expect(Set(instances.map(\.studyInstanceUID)).count == 1)
        #expect(Set(instances.map(\.seriesInstanceUID)).count == 2)
        #expect(Set(instances.map { $0.dataSet.string(.patientID) }).count == 1)
        #expect(instances.allSatisfy { $0.dataSet.string(.patientIdentityRemoved) == "YES" })
        #expect(instances[0].studyInstanceUID?.value == job.content.copy?.study)
        #expect(job.content.study == exam.study)
        #expect(simulator.ledger.violations == [])
        #expect(simulator.ledger.accesses(.studyExport) == 2)
    }

    @Test("Nothing of the patient, the order or the hospital is in what was sent")
    func nothingLeft() async throws {
        let gateway = try await deliver()
        try await gateway.export()
        for bytes in simulator.research.objects.values {
            let text = String(decoding: bytes, as: Unicode.ASCII.self)
            for secret in ["Canary", "P007", exam.accession, exam.placer, exam.study, "19451224", "20260102"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
        #expect(!simulator.research.objects.isEmpty)
    }

    @Test("Orders of another modality, model, assigner or source bring none")
    func rules() async throws {
        for rule in [
            ExportRule(modalities: ["MR"]), ExportRule(models: ["other"]), ExportRule(assigners: ["placer"]),
            ExportRule(sources: ["ris"]),
        ] {
            let other = try Simulator(like: simulator)
            let gateway = try await other.start(Settings(research: rule))
            await gateway.send(exam.order(id: "1"))
            try await gateway.work()
            #expect(try await gateway.state == .delivered)
            #expect(try await gateway.exports == [])
        }
    }

    @Test("The study of somebody else is parked and brings none")
    func parked() async throws {
        var wrong = exam
        wrong.headerPatient = "P008"
        try simulator.archive.hold(wrong.holding())
        let gateway = try await simulator.start(Settings(research: ExportRule()))
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .parked)
        #expect(try await gateway.exports == [])
    }

    @Test("The study that turns out to be somebody else's before the copy is made is quarantined")
    func mismatch() async throws {
        let gateway = try await deliver()
        var wrong = exam
        wrong.headerPatient = "P008"
        try simulator.archive.hold(wrong.holding())
        try await gateway.export()
        let job = try await only(gateway)
        #expect(job.state == .quarantined)
        #expect(job.code == "matching.studyPatientMismatch")
        #expect(simulator.research.received == 0)
        #expect(try await gateway.state == .delivered, "the report is not touched")
    }

    @Test("A patient who objects is left out")
    func optOut() async throws {
        let gateway = try await deliver(Settings(research: ExportRule(), optedOut: ["P007"]))
        try await gateway.export()
        #expect(try await only(gateway).state == .discarded)
        #expect(try await only(gateway).code == "export.optedOut")
        #expect(simulator.research.received == 0)
    }

    @Test("So is one who is listed by an identifier that only the EHR knows, before anything is retrieved")
    func optOutByTheEHR() async throws {
        try simulator.ehr.put(
            #"""
            {"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:hospital","value":"\#(exam.patient)"},
            {"system":"urn:placer","value":"E-99"}]}
            """#)
        let gateway = try await deliver(Settings(research: ExportRule(), optedOut: ["E-99"]))
        let retrieved = simulator.ledger.accesses(.studyRetrieve)
        try await gateway.export()
        #expect(try await only(gateway).state == .discarded)
        #expect(try await only(gateway).code == "export.optedOut")
        #expect(simulator.research.received == 0 && simulator.ledger.accesses(.studyRetrieve) == retrieved)
    }

    @Test("Who objects while the copy is made is left out too, and nothing is said to be outside")
    func optOutInBetween() async throws {
        let objection = Objection()
        var settings = Settings(research: ExportRule())
        settings.objects = { objection.isMade.withLock { $0 } }
        let gateway = try await deliver(settings)
        simulator.archive.onNextRetrieve { () async throws(AdapterError) in objection.isMade.withLock { $0 = true } }
        try await gateway.export()
        let job = try await only(gateway)
        #expect(job.state == .discarded && job.code == "export.optedOut" && job.content.copy == nil)
        #expect(simulator.research.received == 0)
    }

    @Test(
        "An archive with a list of its own gets random pseudonyms, which the list leads back, and the same ones again")
    func crosswalk() async throws {
        let keys = try KeyRing.generate()
        let path = "\(simulator.folder.path).crosswalk"
        defer { try? FileManager.default.removeItem(atPath: path) }
        simulator.research.onStore(after: [
            SimulatedEHR.failing(AdapterError(.interrupted, code: "research.connection"))
        ])
        var settings = Settings(research: ExportRule())
        settings.researchProfile = SimulatedResearch.profile.replacing("keyed", with: "random")
        let sent = try await firstTry(settings, path, keys)
        #expect(sent.count == 1)
        // The list is read again, as after a start.
        settings.researchCrosswalk = try Crosswalk(path: path, keys: keys)
        let second = try await simulator.start(settings)
        simulator.clock.advance(.seconds(600))
        try await second.export()
        #expect(try await only(second).state == .sent)
        for (uid, bytes) in sent { #expect(simulator.research.objects[uid] == bytes) }
        let list = try #require(settings.researchCrosswalk)
        let instances = try simulator.research.instances()
        let image = try #require(instances.first { $0.dataSet.string(.modality) == "DX" }?.dataSet)
        #expect(image.string(.patientID) != keys.pseudonyms.patientID(issuer: "", patientID: exam.patient))
        let back = try CrosswalkReversal.restore(image, by: list)
        #expect(back.string(.patientID) == exam.patient && back.string(.studyInstanceUID) == exam.study)
        #expect(back.string(.sopInstanceUID) == "\(exam.study).7.1")
        let report = try #require(instances.first { $0.dataSet.string(.modality) == "SR" }?.dataSet)
        let text = report.items(Tag(0x0040, 0xA730)).first?.string(Tag(0x0040, 0xA160)) ?? ""
        #expect(text.contains(list.keyID) && text.contains(#""reversible":true"#))
    }

    /// What a gateway sent that is gone afterwards, and its list with it.
    private func firstTry(_ settings: Settings, _ path: String, _ keys: KeyRing) async throws -> [String: [UInt8]] {
        var settings = settings
        settings.researchCrosswalk = try Crosswalk(path: path, keys: keys)
        let gateway = try await deliver(settings)
        try await gateway.export()
        return simulator.research.objects
    }

    @Test("A research archive that is away is tried again, and the report is out all the same")
    func away() async throws {
        simulator.research.fail(AdapterError(.unavailable, code: "research.connect"))
        let gateway = try await deliver()
        try await gateway.export()
        var job = try await only(gateway)
        #expect(job.state == .pending)
        #expect(job.code == "research.connect")
        #expect(try await gateway.state == .delivered)
        simulator.research.fail(nil)
        simulator.clock.advance(.seconds(600))
        try await gateway.export()
        job = try await only(gateway)
        #expect(job.state == .sent)
        #expect(job.attempts == 2)
        #expect(simulator.research.objects.count == 2)
    }

    @Test("One that refuses, or stays away for too long, leaves a failed copy that can be tried again")
    func refused() async throws {
        simulator.research.fail(AdapterError(.forbidden, code: "research.http.403"))
        let gateway = try await deliver()
        try await gateway.export()
        let job = try await only(gateway)
        #expect(job.state == .failed)
        simulator.research.fail(nil)
        let now = simulator.clock.now()
        _ = try await gateway.store.updateExport(job.id) { job in
            var job = job
            (job.state, job.nextAttempt, job.firstAttempt) = (.pending, now, nil)
            return (job, [])
        }
        try await gateway.export()
        #expect(try await only(gateway).state == .sent)
    }

    @Test("An answer that is lost makes the same objects again, byte for byte")
    func idempotent() async throws {
        simulator.research.onStore(after: [
            SimulatedEHR.failing(AdapterError(.interrupted, code: "research.connection"))
        ])
        let gateway = try await deliver()
        try await gateway.export()
        #expect(try await only(gateway).state == .pending)
        let first = simulator.research.objects
        simulator.clock.advance(.seconds(600))
        try await gateway.export()
        #expect(try await only(gateway).state == .sent)
        #expect(simulator.research.objects.count == 2)
        for (uid, bytes) in first { #expect(simulator.research.objects[uid] == bytes) }
    }

    @Test("A cancellation before the copy is sent discards it")
    func cancelled() async throws {
        let gateway = try await deliver(Settings(retraction: .enteredInError, research: ExportRule()))
        await gateway.send(exam.order("CA", id: "2"))
        try await gateway.work()
        try await gateway.export()
        #expect(try await only(gateway).code == "export.orderChanged")
        #expect(simulator.research.received == 0)
    }

    @Test("A cancellation while the copy is made keeps it from being sent")
    func cancelledInBetween() async throws {
        let gateway = try await deliver(Settings(retraction: .enteredInError, research: ExportRule()))
        let message = exam.order("CA", id: "2")
        simulator.archive.onNextRetrieve { () async throws(AdapterError) in await gateway.send(message) }
        try await gateway.export()
        #expect(try await only(gateway).code == "export.orderChanged")
        #expect(simulator.research.received == 0)
    }

    @Test("More images make a new copy due; the first images are the same objects in it")
    func more() async throws {
        let gateway = try await deliver()
        try await gateway.export()
        let first = simulator.research.objects
        try simulator.archive.hold(exam.holding(instances: 2))
        try await gateway.announce(exam.imagingStudy())
        try simulator.ehr.put(exam.imagingStudy())
        simulator.clock.advance(.seconds(60))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        try await gateway.export()
        let jobs = try await gateway.exports
        #expect(jobs.map(\.state) == [.sent, .sent])
        for (uid, bytes) in first { #expect(simulator.research.objects[uid] == bytes) }
        let images = try simulator.research.instances().filter { $0.dataSet.string(.modality) == "DX" }
        #expect(images.count == 2)
    }

    @Test("A profile that changed since the copy was decided quarantines it")
    func profileChanged() async throws {
        _ = try await deliver()
        var settings = Settings(research: ExportRule())
        settings.researchProfile = SimulatedResearch.profile.replacing("release: \"1\"", with: "release: \"2\"")
        let gateway = try await simulator.start(settings)
        try await gateway.export()
        #expect(try await only(gateway).state == .quarantined)
        #expect(try await only(gateway).code == "export.profileChanged")
    }

    @Test("While an order waits for a worker no copy is begun")
    func clinicalFirst() async throws {
        let gateway = try await deliver()
        var second = exam
        (second.number, second.studyNumber) = (2, 2)
        await gateway.send(second.order(id: "2"))
        try await gateway.export()
        #expect(try await gateway.exports.map(\.state) == [.pending])
        try await gateway.work()
        try await gateway.export()
        #expect(try await gateway.exports.contains { $0.state == .sent })
    }

    @Test("Without its intent in the log nothing is sent, without its outcome nothing counts as sent")
    func failsClosed() async throws {
        let gateway = try await deliver()
        gateway.store.refuse { $0.event == .studyExport }
        try await gateway.export()
        #expect(simulator.research.received == 0)
        gateway.store.refuse { $0.event == .studyExport && $0.phase != .intent }
        simulator.clock.advance(.seconds(600))
        try await gateway.export()
        #expect(simulator.research.received == 2)
        #expect(try await only(gateway).state == .pending)
        gateway.store.refuse { _ in false }
        simulator.clock.advance(.seconds(600))
        try await gateway.export()
        #expect(try await only(gateway).state == .sent)
        #expect(simulator.research.objects.count == 2)
    }

    @Test("A crash at any commit loses and doubles nothing")
    func crashes() async throws {
        for isCommitted in [false, true] {
            for call in 1...200 {
                let other = try Simulator()
                try other.prepare(exam)
                let settings = Settings(research: ExportRule())
                let first = try await other.start(settings)
                await first.send(exam.order(id: "1"))
                try await first.work()
                var crashing = settings
                crashing.fault = .crash(call: call, isCommitted: isCommitted)
                let second = try await other.start(crashing)
                do { try await second.export() } catch {}
                guard second.store.isDead else { break }
                let third = try await other.start(settings)
                for _ in 0..<4 {
                    try await third.export()
                    other.clock.advance(.seconds(600))
                }
                #expect(try await third.exports.map(\.state) == [.sent], "call \(call)")
                #expect(other.research.objects.count == 2, "call \(call)")
                #expect(try await third.state == .delivered)
            }
        }
    }
}
