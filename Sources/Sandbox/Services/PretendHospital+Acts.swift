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

    /// - Parameter patient: who is examined; somebody new by default.
    func newExamination(_ kind: Scenario.ExamKind, of patient: SyntheticPatient? = nil) -> Examination {
        let (age, ordered): (Int, ExaminationKind) =
            switch kind {
            case .chest: (registry.childAge(), .chestAP)
            case .lateral: (3, .chestLateral)
            case .adult: (47, .chestPA)
            case .computedTomography: (4, .chestCT)
            }
        return registry.examination(of: patient ?? registry.patient(age: age), ordered)
    }

    /// The EHR knows patient and order.
    func register(_ exam: Examination) throws {
        let known = try patients(of: exam).first?["id"]?.string.map { "Patient/\($0)" }
        let patient = try known ?? create(exam.patient.patientResource())
        _ = try create(exam.serviceRequestResource(subject: patient))
    }

    /// ADT^A40: the patient had another number once, which the EHR does not know any more. Examination with that number,
    /// as the order placer and the modality may still have it.
    ///
    /// - Returns: the examination under the former number, and MSA-1 of the answer.
    func mergeFormerNumber(of exam: Examination) async throws -> (Examination, code: String) {
        var former = exam
        former.patient.id = registry.patient(age: exam.age).id
        let context = MessageContext(messageControlID: nextMessageControlID(), time: Self.now())
        let sent = try await send(PatientMessage.merge(prior: former.patient, into: exam.patient, context))
        return (former, sent.code)
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

    /// The second record survives: the first one, under whose number the order was placed, gives up its number and its
    /// orders and points to the other (R4 Patient.link), and ADT^A40 tells it to everybody.
    ///
    /// - Returns: MSA-1 of the answer.
    func mergeRecords(of exam: Examination) async throws -> String {
        let found = try patients(of: exam)
        guard found.count == 2, let first = found.first(where: { $0["identifier"]?.array?.count == 1 }),
            let second = found.first(where: { $0["id"] != first["id"] }), let retiredID = first["id"]?.string,
            let survivorID = second["id"]?.string, var retired = first.object
        else { throw SandboxFailure("there are no two records to merge") }
        for order in try search("ServiceRequest", [("subject", "Patient/\(retiredID)")]) {
            guard var moved = order.object, let id = order["id"]?.string else { continue }
            moved["subject"] = ["reference": .string("Patient/\(survivorID)")]
            try update("ServiceRequest", id, .object(moved))
        }
        retired["identifier"] = nil
        retired["active"] = false
        retired["link"] = [["other": ["reference": .string("Patient/\(survivorID)")], "type": "replaced-by"]]
        try update("Patient", retiredID, .object(retired))
        var survivor = exam.patient
        survivor.id = second["identifier"]?[0]?["value"]?.string ?? survivor.id
        let context = MessageContext(messageControlID: nextMessageControlID(), time: Self.now())
        return try await send(PatientMessage.merge(prior: exam.patient, into: survivor, context)).code
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

    /// Sends several orders for one patient in one OMI^O23.
    func sendTogether(_ exams: [Examination], _ control: OrderControlCode) async throws -> SentMessage {
        let context = MessageContext(messageControlID: nextMessageControlID(), time: Self.now())
        return try await send(OrderMessage.omi(exams.map { OrderMessage($0, control) }, context))
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
    func counts() throws -> (reports: Int, results: Int, archiveRequests: Int, refusals: Int) {
        (try search("DiagnosticReport", []).count, received.flatMap(\.orders).count, archiveRequests, outages.refusals)
    }

    func set(_ outage: Outage, of service: Scenario.Service) {
        outages.set(outage, of: service)
    }

    /// What stands in the EHR for an order.
    func reports(of exam: Examination) throws -> [ReportSummary] {
        try patients(of: exam).flatMap { patient -> [ReportSummary] in
            let subject = "Patient/\(patient["id"]?.string ?? "")"
            return try search("DiagnosticReport", [("subject", subject)]).filter { try isBased($0, on: exam) }
                .compactMap {
                    report in
                    let results = (report["result"]?.array ?? []).compactMap { $0["reference"]?.string }
                    return ReportSummary(report: report, observations: try results.map(read), patient: patient)
                }
        }
    }

    /// Whether a report is based on the order of an examination. One that says nothing of an order counts for each.
    private func isBased(_ report: JSONValue, on exam: Examination) throws -> Bool {
        let numbers = [exam.placerOrderNumber, exam.fillerOrderNumber, exam.accessionNumber]
        let orders = report["basedOn"]?.array ?? []
        guard !orders.isEmpty else { return true }
        return try orders.contains { order in
            let named = try order["reference"]?.string.map(read)?["identifier"]?.array ?? []
            let identifiers = named + [order["identifier"]].compactMap(\.self)
            return identifiers.contains { $0["value"]?.string.map(numbers.contains) ?? false }
        }
    }

    /// The numbers under which the EHR knows the patient of an examination.
    private func numbers(of exam: Examination) -> Set<String> {
        let known = (try? patients(of: exam)) ?? []
        let values = known.flatMap { $0["identifier"]?.array ?? [] }.compactMap { $0["value"]?.string }
        return Set(values + [exam.patient.id])
    }

    /// What came as HL7 v2 for an order: every OBR for its patient with its accession or placer order number.
    func results(of exam: Examination) -> [ReceivedResult.Order] {
        let numbers = numbers(of: exam)
        return received.filter { $0.patient.contains { numbers.contains($0.value) } }.flatMap(\.orders).filter {
            $0.accessionNumber == exam.accessionNumber || $0.placerOrderNumber?.value == exam.placerOrderNumber
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
