import JSON
import Testing

@testable import Sandbox

@Suite("A scenario's verdict")
struct ScenarioVerdictTests {
    private let hospital = PretendHospital(
        SandboxSettings(ehrPort: 18070, archivePort: 18071, resultPort: 18072, gatewayPort: 18073, seed: 1))

    /// Plays against a gateway that says this of every order.
    private func verdict(
        _ steps: [Scenario.Step], _ expected: Scenario.Ending, state: String
    ) async throws -> ScenarioResult {
        let gateway = GatewayUnderPlay(
            order: { _ in OrderFate(state: state, reason: nil) }, retry: { _ in }, kill: {}, start: {})
        let scenario = Scenario(
            name: "t", title: "", promise: "", cast: [.init(exam: .adult, expected: expected)], steps: steps)
        var run = ScenarioRun(
            scenario: scenario, hospital: hospital, gateway: gateway, tellsMessages: false, tell: { _ in })
        run.patience = .zero
        return try await run.play()
    }

    @Test("All as expected")
    func asPromised() async throws {
        let result = try await verdict(
            [.register(0), .until(0, state: "parked")], .init(state: "parked", report: .none), state: "parked")
        #expect(result.isAsPromised)
    }

    @Test("A state that never comes is an objection, even if the end is right")
    func stateThatNeverComes() async throws {
        let result = try await verdict(
            [.register(0), .until(0, state: "waiting")], .init(state: "delivered", report: .none), state: "delivered")
        #expect(!result.isAsPromised && result.endings.allSatisfy { $0.objection == nil })
    }

    @Test("A missing report is an objection")
    func missingReport() async throws {
        let result = try await verdict([.register(0)], .init(state: "delivered", report: .refused), state: "delivered")
        #expect(!result.isAsPromised)
    }

    @Test("An outage that nobody met proves nothing")
    func unnoticedOutage() async throws {
        let result = try await verdict(
            [.register(0), .outage(.archive, .unreachable), .outage(.archive, .none)],
            .init(state: "delivered", report: .none), state: "delivered")
        #expect(result.objections == ["nobody noticed the outage"])
    }

    @Test("Where results are expected by HL7 v2, a report without its message is an objection")
    func missingResult() async throws {
        var settings = await hospital.settings
        settings.expectsResults = true
        let run = ScenarioRun(
            scenario: Scenario(
                name: "t", title: "", promise: "",
                cast: [.init(exam: .adult, expected: .init(state: "delivered", report: .refused))], steps: []),
            hospital: PretendHospital(settings),
            gateway: GatewayUnderPlay(
                order: { _ in OrderFate(state: "delivered", reason: nil) }, retry: { _ in }, kill: {}, start: {}),
            tellsMessages: false, patience: .zero, tell: { _ in })
        #expect(try await run.play().endings[0].objection == "0 reports instead of one")
        let exam = await run.hospital.newExamination(.adult)
        #expect(run.objection(.init(state: "", report: .refused), toResults: []) == "0 results (ORU) instead of one")
        #expect(run.objection(.init(state: "", report: .none), toResults: []) == nil)
        var result = ReceivedResult.Order()
        result.accessionNumber = exam.accessionNumber
        result.status = "P"
        result.observations = [.init(type: "CWE"), .init(type: "NM")]
        #expect(run.objection(.init(state: "", report: .scored), toResults: [result]) == nil)
        #expect(run.objection(.init(state: "", report: .refused), toResults: [result]) != nil)
        #expect(run.objection(.init(state: "", report: .none), toResults: [result]) != nil)
        #expect(run.objection(.init(state: "", report: .scored), toResults: [result, result]) != nil)
        result.status = "F"
        #expect(run.objection(.init(state: "", report: .scored), toResults: [result]) != nil)
    }

    @Test("A report on another patient is an objection")
    func otherPatient() async throws {
        let hospital = hospital
        let gateway = GatewayUnderPlay(
            order: { _ in
                // What a gateway does that files the report in the wrong chart.
                let other = try await hospital.create(["resourceType": "Patient"])
                _ = try await hospital.create([
                    "resourceType": "DiagnosticReport", "status": "preliminary", "code": ["text": "Chest"],
                    "subject": ["reference": .string(other)],
                ])
                return OrderFate(state: "cancelled", reason: nil)
            }, retry: { _ in }, kill: {}, start: {})
        let scenario = Scenario(
            name: "t", title: "", promise: "",
            cast: [.init(exam: .adult, expected: .init(state: "cancelled", report: .none))], steps: [.register(0)])
        let run = ScenarioRun(
            scenario: scenario, hospital: hospital, gateway: gateway, tellsMessages: false, tell: { _ in })
        #expect(try await run.play().objections == ["1 reports are on another patient"])
    }
}
