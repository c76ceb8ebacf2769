import FHIR
import ImageClassifier
import Testing

@testable import Workflow

@Suite("Another model for an order whose report is out")
struct ModelChangeTests {
    private static let anyChest = """
        version: 1
        rules:
          - {name: chest, any: [{modality: [DX]}]}
        """

    @Test("no second report stands beside the first: a person decides, and a retraction clears the way")
    func otherModel() async throws {
        let simulator = try Simulator()
        var exam = Exam()
        exam.isChild = true
        try simulator.prepare(exam)
        let before = try await simulator.start(Settings(models: [.bundled], routing: Self.anyChest))
        await before.send(exam.order(id: "1"))
        try await before.work()
        #expect(try await before.state == .delivered)

        let second = SimulatedModel(id: "second", mode: .report)
        let gateway = try await simulator.start(Settings(models: [second], routing: Self.anyChest))
        await gateway.send(exam.order("XO", id: "2"))
        try await gateway.work()
        #expect(try await gateway.state == .parked)
        #expect(try await gateway.order.content.parking?.reason == .orderChanged)
        #expect(try await gateway.order.content.parking?.code == "model.changed")
        #expect(simulator.ehr.reports.count == 1)
    }
}
