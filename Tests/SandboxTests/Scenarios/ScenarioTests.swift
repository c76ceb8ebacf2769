import Foundation
import Testing

@testable import Sandbox

@Suite("The scenarios as data")
struct ScenarioTests {
    /// Places in the cast that a step names.
    private func places(_ step: Scenario.Step) -> [Int] {
        switch step {
        case .register(let place), .registerTwice(let place), .merge(let place), .archive(let place),
            .archiveAsAnotherPatient(let place), .announce(let place), .retry(let place), .mergeFormerNumber(let place),
            .archiveUnderFormerNumber(let place):
            [place]
        case .send(let place, _), .sendUnderFormerNumber(let place, _), .flood(let place, _, _), .until(let place, _):
            [place]
        case .sendTogether(let places, _): places
        case .outage, .pause, .killGateway, .startGateway: []
        }
    }

    @Test("Every scenario of the issue is there, each name once")
    func names() {
        let names = Scenario.all.map(\.name)
        #expect(Set(names).count == names.count)
        let issue = [
            "order-before-images", "cancel", "patient-merge", "wrong-patient", "adult", "lateral", "other-modality",
            "archive-down", "ehr-down", "duplicate-storm", "merge-before-order", "two-orders", "hold", "replaced",
        ]
        #expect(Set(issue).isSubset(of: names))
    }

    @Test("A step names a part that is in the cast, and each part is sent", arguments: Scenario.all.indices)
    func cast(_ index: Int) {
        let scenario = Scenario.all[index]
        let named = scenario.steps.flatMap(places)
        #expect(named.allSatisfy(scenario.cast.indices.contains))
        for part in scenario.cast.indices {
            let isSent = scenario.steps.contains { step in
                switch step {
                case .send(part, _), .sendUnderFormerNumber(part, _), .flood(part, _, _): true
                case .sendTogether(let parts, _): parts.contains(part)
                default: false
                }
            }
            #expect(isSent, "\(scenario.name) \(part)")
        }
    }

    @Test("Who is examined twice is somebody earlier in the cast", arguments: Scenario.all.indices)
    func patients(_ index: Int) {
        for (place, part) in Scenario.all[index].cast.enumerated() {
            #expect(part.patientOf.map { $0 < place } ?? true)
        }
    }

    @Test("What was broken is mended at the end", arguments: Scenario.all.indices)
    func mended(_ index: Int) {
        var outages: [String: Outage] = [:]
        var isRunning = true
        for step in Scenario.all[index].steps {
            switch step {
            case .outage(let service, let outage): outages[service.rawValue] = outage
            case .killGateway: isRunning = false
            case .startGateway: isRunning = true
            default: break
            }
        }
        #expect(outages.values.allSatisfy { $0 == .none } && isRunning)
    }

    @Test("Each has a row on the page of the demo")
    func documented() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/operate/demo.md"), encoding: .utf8)
        for scenario in Scenario.all { #expect(page.contains("| `\(scenario.name)` |"), "\(scenario.name)") }
    }
}
