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
