/// What a scenario may ask of the gateway that it plays for.
public struct GatewayUnderPlay: Sendable {
    /// What became of the order with this accession number; nil while the gateway does not know it.
    public var order: @Sendable (_ accessionNumber: String) async throws -> OrderFate?
    /// `orders retry` for the order with this accession number.
    public var retry: @Sendable (_ accessionNumber: String) async throws -> Void
    /// SIGKILL.
    public var kill: @Sendable () async throws -> Void
    public var start: @Sendable () async throws -> Void

    public init(
        order: @escaping @Sendable (String) async throws -> OrderFate?,
        retry: @escaping @Sendable (String) async throws -> Void,
        kill: @escaping @Sendable () async throws -> Void, start: @escaping @Sendable () async throws -> Void
    ) {
        self.order = order
        self.retry = retry
        self.kill = kill
        self.start = start
    }
}

/// State and reason of an order, as `orders list` shows them.
public struct OrderFate: Sendable, Equatable {
    public let state: String
    public let reason: String?

    public init(state: String, reason: String?) {
        self.state = state
        self.reason = reason
    }
}

/// What became of a scenario.
public struct ScenarioResult: Sendable {
    /// One for each examination.
    public let endings: [Ending]
    /// What went wrong on the way, in words.
    public let objections: [String]
    /// The way and all endings are as they must be.
    public var isAsPromised: Bool { objections.isEmpty && endings.allSatisfy { $0.objection == nil } }

    public struct Ending: Sendable {
        public let accessionNumber: String
        /// The patient's number, assigned by the hospital.
        public let patientID: String
        public let fate: OrderFate?
        /// What stands in the pretend EHR for this order.
        public let reports: [ReportSummary]
        /// How many results came by HL7 v2.
        public let results: Int
        /// In words, what is not as promised; nil when all is.
        public let objection: String?
    }
}

/// Plays one scenario against a gateway.
struct ScenarioRun {
    let scenario: Scenario
    let hospital: PretendHospital
    let gateway: GatewayUnderPlay
    let tellsMessages: Bool
    /// How long a state is waited for.
    var patience = Duration.seconds(90)
    /// Hears what happens, in words.
    let tell: @Sendable (String) -> Void

    func play() async throws -> ScenarioResult {
        var cast: [Examination] = []
        for part in scenario.cast {
            let patient = part.patientOf.map { cast[$0].patient }
            cast.append(await hospital.newExamination(part.exam, of: patient))
        }
        let before = try await hospital.counts()
        var objections: [String] = []
        var former: [Int: Examination] = [:]
        for step in scenario.steps {
            if let objection = try await act(step, cast, &former) { objections.append(objection) }
        }
        var endings: [ScenarioResult.Ending] = []
        for (part, exam) in zip(scenario.cast, cast) { endings.append(try await ending(part, exam)) }
        let after = try await hospital.counts()
        let found = endings.reduce(0) { $0 + $1.reports.count }
        if after.reports - before.reports != found {
            objections.append("\(after.reports - before.reports - found) reports are on another patient")
        }
        let foundResults = endings.reduce(0) { $0 + $1.results }
        if after.results - before.results != foundResults {
            objections.append("\(after.results - before.results - foundResults) results (ORU) are for another order")
        }
        if scenario.leavesArchiveAlone, after.archiveRequests != before.archiveRequests {
            objections.append("the archive was asked")
        }
        let breaksSomething = scenario.steps.contains { step in
            if case .outage(_, let outage) = step { return outage != .none }
            return false
        }
        if breaksSomething, after.refusals == before.refusals { objections.append("nobody noticed the outage") }
        return ScenarioResult(endings: endings, objections: objections)
    }

    /// What is not as it should be; nil when all is.
    private func act(
        _ step: Scenario.Step, _ cast: [Examination], _ former: inout [Int: Examination]
    ) async throws -> String? {
        switch step {
        case .register(let place):
            try await hospital.register(cast[place])
            tell("the EHR knows patient and order \(cast[place].accessionNumber)")
        case .registerTwice(let place):
            try await hospital.registerAgain(cast[place])
            tell("by mistake the EHR has the same patient a second time")
        case .merge(let place):
            let code = try await hospital.mergeRecords(of: cast[place])
            tell("the records are merged in the EHR; HIS → gateway: ADT^A40, answered \(code)")
            return code == "AA" ? nil : "ADT^A40 was answered \(code)"
        case .mergeFormerNumber(let place):
            let (exam, code) = try await hospital.mergeFormerNumber(of: cast[place])
            former[place] = exam
            tell("HIS → gateway: ADT^A40, the patient had another number once, answered \(code)")
            return code == "AA" ? nil : "ADT^A40 was answered \(code)"
        case .archiveUnderFormerNumber(let place):
            try await hospital.archive(former[place] ?? cast[place], scenario.cast[place].exam)
            tell("the images of \(cast[place].accessionNumber) reach the archive under the former number")
        case .sendUnderFormerNumber(let place, let control):
            let sent = try await hospital.send(former[place] ?? cast[place], control)
            tell("HIS → gateway: ORM^O01 \(control.rawValue) under the former number, answered \(sent.code)")
            return sent.code == "AA" ? nil : "an order was answered \(sent.code)"
        case .sendTogether(let places, let control):
            let sent = try await hospital.sendTogether(places.map { cast[$0] }, control)
            tell(
                "HIS → gateway: OMI^O23 \(control.rawValue) with \(places.count) orders, answered \(sent.code)")
            return sent.code == "AA" ? nil : "orders in one message were answered \(sent.code)"
        case .archive(let place):
            try await hospital.archive(cast[place], scenario.cast[place].exam)
            tell("the images of \(cast[place].accessionNumber) reach the archive")
        case .archiveAsAnotherPatient(let place):
            try await hospital.archive(cast[place], scenario.cast[place].exam, underAnotherPatient: true)
            tell("the images of \(cast[place].accessionNumber) reach the archive under another patient's name")
        case .announce(let place):
            return try await announce(cast[place])
        case .send(let place, let control):
            let sent = try await hospital.send(cast[place], control)
            tell("HIS → gateway: ORM^O01 \(control.rawValue) for \(cast[place].accessionNumber), answered \(sent.code)")
            if tellsMessages, place == 0 { sent.lines.forEach(tell) }
            return sent.code == "AA" ? nil : "an order was answered \(sent.code)"
        case .flood(let place, let times, let connections):
            let codes = try await hospital.flood(cast[place], times: times, connections: connections)
            let counts = codes.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
            tell("HIS → gateway: the same ORM^O01 \(times) times, answered \(counts)")
            return codes == ["AA": times] ? nil : "not every copy was answered AA"
        case .outage(let service, let outage):
            await hospital.set(outage, of: service)
            tell("the \(service.rawValue) \(Self.words(outage))")
        case .until(let place, let state): return try await wait(for: state, cast[place])
        case .pause(let seconds): try await Task.sleep(for: .seconds(seconds))
        case .retry(let place):
            try await gateway.retry(cast[place].accessionNumber)
            tell("an operator: `imaging-gateway orders retry …`")
        case .killGateway:
            try await gateway.kill()
            tell("the gateway is killed (SIGKILL)")
        case .startGateway:
            try await gateway.start()
            tell("the gateway is started again")
        }
        return nil
    }

    private static func words(_ outage: Outage) -> String {
        switch outage {
        case .none: "is back"
        case .unreachable: "is down: connections are closed"
        case .readOnly: "takes no changes: it answers 503 to them"
        case .unavailable: "is down: it answers 503"
        }
    }

    private func announce(_ exam: Examination) async throws -> String? {
        let before = await hospital.arrivedDeliveries
        try await hospital.announce(exam)
        tell("the EHR tells its subscriber of the study")
        let deadline = ContinuousClock.now + patience
        while await hospital.arrivedDeliveries == before {
            guard ContinuousClock.now < deadline else { return "the announcement did not arrive" }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private func wait(for state: String, _ exam: Examination) async throws -> String? {
        let deadline = ContinuousClock.now + patience
        var fate: OrderFate?
        repeat {
            fate = try await gateway.order(exam.accessionNumber)
            if fate?.state == state {
                let reason = fate?.reason.map { " (\($0))" } ?? ""
                tell("order \(exam.accessionNumber) is \(state)\(reason)")
                return nil
            }
            try await Task.sleep(for: .milliseconds(100))
        } while ContinuousClock.now < deadline
        let objection = "order \(exam.accessionNumber) is \(fate?.state ?? "unknown") and not \(state)"
        tell(objection)
        return objection
    }

    private func ending(_ part: Scenario.Part, _ exam: Examination) async throws -> ScenarioResult.Ending {
        let fate = try await gateway.order(exam.accessionNumber)
        let reports = try await hospital.reports(of: exam)
        let results = try await results(of: exam, expected: part.expected)
        return ScenarioResult.Ending(
            accessionNumber: exam.accessionNumber, patientID: exam.patient.id, fate: fate, reports: reports,
            results: results.count,
            objection: objection(part.expected, fate, reports) ?? objection(part.expected, toResults: results))
    }

    /// What came by HL7 v2; it goes its own way, so the report may be there first.
    private func results(
        of exam: Examination, expected: Scenario.Ending
    ) async throws -> [ReceivedResult.Order] {
        let deadline = ContinuousClock.now + patience
        var results = await hospital.results(of: exam)
        guard hospital.settings.expectsResults, expected.report != .none else { return results }
        while results.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            results = await hospital.results(of: exam)
        }
        return results
    }

    func objection(_ expected: Scenario.Ending, toResults results: [ReceivedResult.Order]) -> String? {
        guard expected.report != .none, hospital.settings.expectsResults else {
            return results.isEmpty ? nil : "\(results.count) results (ORU) where there must be none"
        }
        guard results.count == 1, let result = results.first else {
            return "\(results.count) results (ORU) instead of one"
        }
        if result.status != "P" && result.status != "R" { return "the result (ORU) has the status \(result.status)" }
        let numbers = result.observations.filter { $0.type == "NM" }
        if expected.report == .refused, !numbers.isEmpty {
            return "a number in a result (ORU) where there must be none"
        }
        return result.observations.isEmpty ? "a result (ORU) without observations" : nil
    }

    private func objection(
        _ expected: Scenario.Ending, _ fate: OrderFate?, _ reports: [ReportSummary]
    ) -> String? {
        guard let fate else { return "the gateway does not know the order" }
        if fate.state != expected.state { return "state \(fate.state) instead of \(expected.state)" }
        if let reason = expected.reason, fate.reason != reason { return "parked for \(fate.reason ?? "no reason")" }
        switch expected.report {
        case .none: return reports.isEmpty ? nil : "\(reports.count) reports where there must be none"
        case .scored, .refused:
            guard reports.count == 1, let report = reports.first else {
                return "\(reports.count) reports instead of one"
            }
            if report.versionID != "1" { return "report version \(report.versionID) instead of 1" }
            if report.status != "preliminary" { return "the report is \(report.status)" }
            return expected.report == .scored ? objection(toScored: report) : objection(toRefused: report)
        }
    }

    private func objection(toScored report: ReportSummary) -> String? {
        if report.probability == nil { return "no number: \(report.refusal ?? "no reason either")" }
        return report.picture == nil ? "no heat map" : nil
    }

    private func objection(toRefused report: ReportSummary) -> String? {
        if report.probability != nil { return "a number where there must be none" }
        return report.refusal == nil ? "no reason" : nil
    }
}
