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
    /// All endings are as they must be.
    public var isAsPromised: Bool { endings.allSatisfy { $0.objection == nil } }

    public struct Ending: Sendable {
        public let accessionNumber: String
        /// The patient's number, assigned by the hospital.
        public let patientID: String
        public let fate: OrderFate?
        /// What stands in the pretend EHR for this order.
        public let reports: [ReportSummary]
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
    /// Hears what happens, in words.
    let tell: @Sendable (String) -> Void

    private static let patience = Duration.seconds(90)

    func play() async throws -> ScenarioResult {
        var cast: [Examination] = []
        for part in scenario.cast { cast.append(await hospital.newExamination(part.exam)) }
        for step in scenario.steps { try await act(step, cast) }
        var endings: [ScenarioResult.Ending] = []
        for (part, exam) in zip(scenario.cast, cast) { endings.append(try await ending(part, exam)) }
        return ScenarioResult(endings: endings)
    }

    private func act(_ step: Scenario.Step, _ cast: [Examination]) async throws {
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
        case .archive(let place):
            try await hospital.archive(cast[place], scenario.cast[place].exam)
            tell("the images of \(cast[place].accessionNumber) reach the archive")
        case .archiveAsAnotherPatient(let place):
            try await hospital.archive(cast[place], scenario.cast[place].exam, underAnotherPatient: true)
            tell("the images of \(cast[place].accessionNumber) reach the archive under another patient's name")
        case .announce(let place):
            try await hospital.announce(cast[place])
            tell("the EHR tells its subscriber of the study")
        case .send(let place, let control):
            let sent = try await hospital.send(cast[place], control)
            tell("HIS → gateway: ORM^O01 \(control.rawValue) for \(cast[place].accessionNumber), answered \(sent.code)")
            if tellsMessages, place == 0 { sent.lines.forEach(tell) }
        case .flood(let place, let times, let connections):
            let codes = try await hospital.flood(cast[place], times: times, connections: connections)
            let counts = codes.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
            tell("HIS → gateway: the same ORM^O01 \(times) times, answered \(counts)")
        case .outage(let service, let outage):
            await hospital.set(outage, of: service)
            tell("the \(service.rawValue) \(Self.words(outage))")
        case .until(let place, let state): try await wait(for: state, cast[place])
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
    }

    private static func words(_ outage: Outage) -> String {
        switch outage {
        case .none: "is back"
        case .unreachable: "is down: connections are closed"
        case .readOnly: "takes no changes: it answers 503 to them"
        case .unavailable: "is down: it answers 503"
        }
    }

    private func wait(for state: String, _ exam: Examination) async throws {
        let deadline = ContinuousClock.now + Self.patience
        var fate: OrderFate?
        while ContinuousClock.now < deadline {
            fate = try await gateway.order(exam.accessionNumber)
            if fate?.state == state {
                let reason = fate?.reason.map { " (\($0))" } ?? ""
                tell("order \(exam.accessionNumber) is \(state)\(reason)")
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        tell("order \(exam.accessionNumber) is \(fate?.state ?? "unknown") and not \(state)")
    }

    private func ending(_ part: Scenario.Part, _ exam: Examination) async throws -> ScenarioResult.Ending {
        let fate = try await gateway.order(exam.accessionNumber)
        let reports = await hospital.reports(of: exam)
        return ScenarioResult.Ending(
            accessionNumber: exam.accessionNumber, patientID: exam.patient.id, fate: fate, reports: reports,
            objection: objection(part.expected, fate, reports))
    }

    private func objection(
        _ expected: Scenario.Ending, _ fate: OrderFate?, _ reports: [ReportSummary]
    ) -> String? {
        guard let fate else { return "the gateway does not know the order" }
        if fate.state != expected.state { return "state \(fate.state) instead of \(expected.state)" }
        if let reason = expected.reason, fate.reason != reason { return "parked for \(fate.reason ?? "no reason")" }
        switch expected.report {
        case .none: return reports.isEmpty ? nil : "\(reports.count) reports where there must be none"
        case .any, .scored, .refused:
            guard reports.count == 1, let report = reports.first else {
                return "\(reports.count) reports instead of one"
            }
            if report.versionID != "1" { return "report version \(report.versionID) instead of 1" }
            if expected.report == .refused, report.probability != nil { return "a number where there must be none" }
            if expected.report == .scored, report.probability == nil { return "no number" }
            return nil
        }
    }
}
