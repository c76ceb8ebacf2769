import Foundation
import JSON
import Sandbox

/// Shows scenarios one after the other: the story as it happens, the life of each order from the audit log, the report.
struct Programme {
    let hospital: PretendHospital
    let gateway: GatewayUnderPlay
    let installation: DemoInstallation
    let folder: DemoFolder
    let stage: Stage

    func show(_ scenario: Scenario, number: Int, of count: Int) async throws -> JSONObject {
        stage.heading("\(number)/\(count)  \(scenario.title)  [\(scenario.name)]")
        stage.note("Watch: \(scenario.promise).")
        let began = ContinuousClock.now
        let stage = stage
        let result = try await hospital.play(scenario, gateway: gateway, tellsMessages: number == 1) { words in
            let isMessage = words.hasPrefix("> ") || words.hasPrefix("< ")
            let time = Self.seconds(Double((ContinuousClock.now - began) / .milliseconds(1)) / 1000)
            stage.say(isMessage ? "              \(words)" : "   \(time) s  \(words)")
        }
        for objection in result.objections { stage.bad(objection) }
        var orders: [JSONValue] = []
        for ending in result.endings {
            orders.append(.object(try await show(ending, inFull: number == 1)))
        }
        return [
            "name": .string(scenario.name), "asPromised": .bool(result.isAsPromised), "orders": .array(orders),
            "objections": .array(result.objections.map { .string($0) }),
        ]
    }

    private func show(_ ending: ScenarioResult.Ending, inFull: Bool) async throws -> JSONObject {
        var object: JSONObject = [
            "accession": .string(ending.accessionNumber), "patient": .string(ending.patientID),
            "state": .string(ending.fate?.state ?? "unknown"),
            "reports": .number(JSONNumber(ending.reports.count)),
            "results": .number(JSONNumber(ending.results)),
        ]
        if let reason = ending.fate?.reason { object["reason"] = .string(reason) }
        if let objection = ending.objection { object["objection"] = .string(objection) }
        if let report = ending.reports.first {
            object["finding"] = report.finding.map { .string($0) }
            object["probability"] = report.probability.map { .string($0) }
            object["refusal"] = report.refusal.map { .string($0) }
        }
        if let order = try await installation.order(accession: ending.accessionNumber) {
            let timeline = try await installation.timeline(of: order)
            inFull ? full(timeline, ending) : short(timeline)
            object["seconds"] = timeline.lines.last.flatMap { JSONNumber(Self.seconds($0.start).trimmed) }.map {
                .number($0)
            }
        }
        for (number, report) in ending.reports.enumerated() {
            let name = ending.accessionNumber + (number == 0 ? "" : "-\(number + 1)")
            try await show(report, as: "\(folder.reports)/\(name)", inFull: inFull)
        }
        if let objection = ending.objection {
            stage.bad("\(ending.accessionNumber): \(objection)")
        } else {
            stage.good("\(ending.accessionNumber): \(Self.state(ending))")
            for report in ending.reports { stage.block("  \(Self.words(report))") }
        }
        return object
    }

    // MARK: - The order's life

    private func full(_ timeline: OrderTimeline, _ ending: ScenarioResult.Ending) {
        stage.say("\n   The life of order \(ending.accessionNumber), as the audit log tells it:")
        for line in timeline.lines {
            let took = line.duration.map { "  (\(Self.seconds($0).trimmed) s)" } ?? ""
            let code = line.code.map { " [\($0)]" } ?? ""
            stage.say("   \(Self.seconds(line.start)) s  \(line.isFailure ? "✗ " : "")\(line.words)\(code)\(took)")
        }
    }

    private func short(_ timeline: OrderTimeline) {
        let steps = timeline.lines.map { line in
            let failure = line.isFailure ? " ✗ \(line.code ?? "")" : ""
            return "\(Self.seconds(line.start).trimmed) \(line.short)\(failure)"
        }
        stage.note("life: " + steps.joined(separator: " · "))
    }

    // MARK: - The report

    /// Leaves the report as page, text and picture: `path` with an extension.
    private func show(_ report: ReportSummary, as path: String, inFull: Bool) async throws {
        try Data(report.text.utf8).write(to: URL(fileURLWithPath: "\(path).txt"))
        try Data(await hospital.reportPage(id: report.id)).write(to: URL(fileURLWithPath: "\(path).html"))
        if let png = report.picture { try Data(png).write(to: URL(fileURLWithPath: "\(path).png")) }
        guard inFull else { return }
        stage.say("\n   The report as the clinician reads it (DiagnosticReport/\(report.id), \(report.status)):")
        let edge = String(repeating: "─", count: stage.width - 6)
        stage.say("   ┌" + edge)
        for line in wrapped("\(report.patient)\n\(report.text)", width: stage.width - 8) { stage.say("   │ \(line)") }
        stage.say("   └" + edge)
        stage.note("as a page: \(DemoFolder.shown(path)).html")
        guard let png = report.picture else { return }
        stage.note("where it looked: \(DemoFolder.shown(path)).png")
        if let colors = TerminalPicture.colors(), let drawn = TerminalPicture(png: png) {
            for line in drawn.lines(columns: min(56, stage.width - 6), colors: colors) { stage.say("   \(line)") }
            stage.note("red raised the score, blue lowered it; it is not where disease is")
        }
    }

    private static func state(_ ending: ScenarioResult.Ending) -> String {
        let state = (ending.fate?.state ?? "") + (ending.fate?.reason.map { " (\($0))" } ?? "")
        guard let report = ending.reports.first else { return "\(state), no report" }
        let result = ending.results > 0 ? ", one ORU^R01" : ""
        return "\(state), one report, \(report.status), version \(report.versionID)\(result)"
    }

    private static func words(_ report: ReportSummary) -> String {
        report.refusal ?? "\(report.finding ?? "") Probability \(report.probability ?? "–")."
    }

    /// Three decimals, in a column.
    private static func seconds(_ value: Double) -> String {
        let text = String(Int((value * 1000).rounded()))
        let padded = String(repeating: "0", count: max(4 - text.count, 0)) + text
        let written = "\(padded.dropLast(3)).\(padded.suffix(3))"
        return String(repeating: " ", count: max(7 - written.count, 0)) + written
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
