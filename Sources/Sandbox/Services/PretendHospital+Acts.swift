internal import DICOM
internal import HL7v2
internal import JSON
internal import MLLP

/// A request that the hospital makes of its own EHR, or a message of its own, was refused.
public struct SandboxFailure: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// What happens in the hospital.
extension PretendHospital {
    /// Plays a scenario to its end; `tell` hears what happens, in words.
    ///
    /// - Parameter tellsMessages: whether HL7 messages and their answers are told as well.
    public func play(
        _ scenario: Scenario, gateway: GatewayUnderPlay, tellsMessages: Bool = false,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> ScenarioResult {
        let run = ScenarioRun(
            scenario: scenario, hospital: self, gateway: gateway, tellsMessages: tellsMessages, tell: tell)
        return try await run.play()
    }

    /// A new patient with an order and an image, and the order sent to the gateway.
    public func placeOrder(hasOpacity: Bool) async throws -> PlacedOrder {
        let kind = Scenario.ExamKind.chest(hasOpacity: hasOpacity)
        let exam = newExamination(kind)
        try register(exam)
        try await archive(exam, kind)
        return PlacedOrder(accessionNumber: exam.accessionNumber, acknowledgment: try await send(exam, .new).code)
    }

    /// Has the EHR deliver every ImagingStudy to a FHIR endpoint (R4 Subscription, rest-hook).
    public func subscribe(endpoint: String, authorization: String) throws {
        let subscription: JSONValue = [
            "resourceType": "Subscription", "status": "requested", "reason": "An imaging gateway waits for studies",
            "criteria": "ImagingStudy",
            "channel": [
                "type": "rest-hook", "endpoint": .string(endpoint), "payload": "application/fhir+json",
                "header": [.string("Authorization: \(authorization)")],
            ],
        ]
        _ = try create(subscription)
    }

    func newExamination(_ kind: Scenario.ExamKind) -> Examination {
        let (age, ordered): (Int, ExaminationKind) =
            switch kind {
            case .chest: (registry.childAge(), .chestAP)
            case .lateral: (3, .chestLateral)
            case .adult: (47, .chestPA)
            case .computedTomography: (4, .chestCT)
            }
        let patient = registry.patient(age: age)
        return registry.examination(of: patient, ordered)
    }

    /// The EHR knows patient and order.
    func register(_ exam: Examination) throws {
        let patient = try create(exam.patient.patientResource())
        _ = try create(exam.serviceRequestResource(subject: patient))
    }

    /// A second record of the same patient: it has a number of its own, and the first one's as well.
    func registerAgain(_ exam: Examination) throws {
        var again = exam.patient
        again.id = registry.patient(age: exam.age).id
        let numbers = [again, exam.patient].flatMap { $0.patientResource()["identifier"]?.array ?? [] }
        guard var record = again.patientResource().object else { return }
        record["identifier"] = .array(numbers)
        _ = try create(.object(record))
    }

    /// The first record survives; the other one gives up its numbers and points to it (R4 Patient.link), and ADT^A40
    /// tells it to everybody.
    ///
    /// - Returns: MSA-1 of the last answer.
    func mergeRecords(of exam: Examination) async throws -> String {
        let found = try patients(of: exam)
        guard let survivor = found.first?["id"]?.string else { throw SandboxFailure("no record to merge into") }
        var code = "nothing to merge"
        for record in found.dropFirst() {
            guard var retired = record.object, let id = retired["id"]?.string else { continue }
            var prior = exam.patient
            prior.id = record["identifier"]?[0]?["value"]?.string ?? prior.id
            retired["identifier"] = nil
            retired["active"] = false
            retired["link"] = [["other": ["reference": .string("Patient/\(survivor)")], "type": "replaced-by"]]
            try update("Patient", id, .object(retired))
            let context = MessageContext(messageControlID: nextMessageControlID(), time: Self.now())
            code = try await send(PatientMessage.merge(prior: prior, into: exam.patient, context)).code
        }
        return code
    }

    /// The EHR hears of the study.
    func announce(_ exam: Examination) throws {
        guard let patient = try patients(of: exam).first?["id"]?.string else {
            throw SandboxFailure("the EHR does not know the patient")
        }
        _ = try create(exam.imagingStudyResource(subject: "Patient/\(patient)"))
    }

    /// Sends an order message.
    func send(_ exam: Examination, _ control: OrderControlCode) async throws -> SentMessage {
        let context = MessageContext(messageControlID: nextMessageControlID(), time: Self.now())
        return try await send(OrderMessage(exam, control).orm(context))
    }

    /// The same message, byte for byte, over several connections at once; how often each answer came.
    func flood(_ exam: Examination, times: Int, connections: Int) async throws -> [String: Int] {
        let context = MessageContext(messageControlID: nextMessageControlID(), time: Self.now())
        let message = OrderMessage(exam, .new).orm(context)
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for connection in 0..<connections {
                let share = (times + connections - 1 - connection) / connections
                group.addTask {
                    var codes: [String] = []
                    for _ in 0..<share { codes.append(try await self.send(message).code) }
                    return codes
                }
            }
            var counts: [String: Int] = [:]
            for try await codes in group {
                for code in codes { counts[code, default: 0] += 1 }
            }
            return counts
        }
    }

    /// What a scenario compares before and after.
    func counts() throws -> (reports: Int, archiveRequests: Int, refusals: Int) {
        (try search("DiagnosticReport", []).count, archiveRequests, outages.refusals)
    }

    func set(_ outage: Outage, of service: Scenario.Service) {
        outages.set(outage, of: service)
    }

    /// What stands in the EHR for an order.
    func reports(of exam: Examination) throws -> [ReportSummary] {
        try patients(of: exam).flatMap { patient -> [ReportSummary] in
            let subject = "Patient/\(patient["id"]?.string ?? "")"
            return try search("DiagnosticReport", [("subject", subject)]).compactMap { report in
                let results = (report["result"]?.array ?? []).compactMap { $0["reference"]?.string }
                return ReportSummary(report: report, observations: try results.map(read), patient: patient)
            }
        }
    }

    nonisolated private func send(_ message: [UInt8]) async throws -> SentMessage {
        let sender = MLLPSender(
            configuration: SenderConfiguration(
                host: "127.0.0.1", port: settings.gatewayPort, tls: settings.tls?.mllpSender))
        let reply = try await sender.send(message)
        let code = try Message(parsing: reply).value(at: try FieldPath(parsing: "MSA-1"))
        return SentMessage(message: message, reply: reply, code: code ?? "no MSA-1")
    }
}

/// An HL7 message and its answer.
struct SentMessage: Sendable {
    let message: [UInt8]
    let reply: [UInt8]
    /// MSA-1 of the answer.
    let code: String

    /// Segment by segment.
    var lines: [String] {
        [(">", message), ("<", reply)].flatMap { mark, bytes in
            bytes.split(separator: UInt8(ascii: "\r")).map { "\(mark) \(String(decoding: $0, as: UTF8.self))" }
        }
    }
}

/// An order that was sent.
public struct PlacedOrder: Sendable {
    public let accessionNumber: String
    /// MSA-1 of the answer.
    public let acknowledgment: String
}
