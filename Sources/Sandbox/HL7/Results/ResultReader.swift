import HL7v2

/// Reads ORU^R01 by its segments in order; those that it does not know are passed over.
struct ResultReader {
    private let message: Message
    private var occurrences: [String: Int] = [:]
    private var orders: [ReceivedResult.Order] = []
    /// ORC stands before its OBR.
    private var commonOrder: (placer: ReceivedResult.Number?, filler: ReceivedResult.Number?) = (nil, nil)
    private var isInObservation = false

    init(_ message: Message) {
        self.message = message
    }

    /// The content, or the first thing that a result cannot be without (HL7 v2.5.1 §7.3.1).
    mutating func read(time: DTM) -> Result<ReceivedResult, HL7v2Error> {
        for segment in message.segments {
            occurrences[segment.name, default: 0] += 1
            switch segment.name {
            case "ORC": commonOrder = (number("ORC-2"), number("ORC-3"))
            case "OBR": readRequest()
            case "OBX": readObservation()
            case "NTE": readNote()
            default: break
            }
        }
        let patient = patientNumbers()
        guard !patient.isEmpty else { return .failure(Self.missing("PID", 3)) }
        guard !orders.isEmpty else { return .failure(Self.missing("OBR", 4)) }
        for (index, order) in orders.enumerated() where order.code.isEmpty && order.title.isEmpty {
            return .failure(Self.missing("OBR", 4, sequence: index + 1))
        }
        return .success(
            ReceivedResult(
                messageControlID: String(decoding: message.messageControlID, as: UTF8.self),
                sender: message.sendingApplication, patient: patient,
                patientName: [first("PID-5.2"), first("PID-5.1")].filter { !$0.isEmpty }.joined(separator: " "),
                orders: orders, time: time))
    }

    private static func missing(_ segment: String, _ field: Int, sequence: Int = 1) -> HL7v2Error {
        HL7v2Error(.requiredFieldMissing, at: ErrorLocation(segment: segment, sequence: sequence, field: field))
    }

    private mutating func readRequest() {
        var order = ReceivedResult.Order()
        order.placerOrderNumber = number("OBR-2") ?? commonOrder.placer
        order.fillerOrderNumber = number("OBR-3") ?? commonOrder.filler
        let accession = text("OBR-18")
        order.accessionNumber = accession.isEmpty ? nil : accession
        order.code = text("OBR-4.1")
        order.title = text("OBR-4.2")
        order.status = text("OBR-25")
        orders.append(order)
        commonOrder = (nil, nil)
        isInObservation = false
    }

    private mutating func readObservation() {
        guard !orders.isEmpty else { return }
        var observation = ReceivedResult.Observation()
        observation.type = text("OBX-2")
        observation.code = text("OBX-3.1")
        observation.title = text("OBX-3.2")
        observation.group = text("OBX-4")
        observation.values = values(type: observation.type)
        observation.units = text("OBX-6.1")
        observation.referenceRange = text("OBX-7")
        observation.flags = path("OBX-8").map { message.values(at: $0) } ?? []
        observation.status = text("OBX-11")
        orders[orders.count - 1].observations.append(observation)
        isInObservation = true
    }

    private mutating func readNote() {
        guard let order = orders.indices.last else { return }
        let notes = path("NTE-3").map { message.values(at: $0) } ?? []
        if isInObservation, let observation = orders[order].observations.indices.last {
            orders[order].observations[observation].notes += notes
        } else {
            orders[order].notes += notes
        }
    }

    /// OBX-5 by the type that OBX-2 names (table 0125).
    private func values(type: String) -> [String] {
        guard let path = path("OBX-5") else { return [] }
        switch type {
        case "CE", "CWE", "CNE", "CF":
            return (1...max(1, message.repetitionCount(at: path))).compactMap { repetition in
                let place = path.with(repetition: repetition)
                return [2, 9, 1].lazy.compactMap { self.message.value(at: place.with(component: $0)) }.first
            }
        case "ED":
            let data = message.value(at: path.with(component: 5)) ?? ""
            let kind = [2, 3].compactMap { message.value(at: path.with(component: $0)) }.joined(separator: "/")
            return ["\(kind.isEmpty ? "document" : kind), \(data.utf8.count) characters"]
        default:
            return message.values(at: path)
        }
    }

    private func patientNumbers() -> [ReceivedResult.Number] {
        guard let path = try? FieldPath(parsing: "PID-3") else { return [] }
        return (1...max(1, message.repetitionCount(at: path))).compactMap { number(at: path.with(repetition: $0), 4) }
    }

    /// An entity identifier (EI).
    private func number(_ name: String) -> ReceivedResult.Number? { path(name).flatMap { number(at: $0, 2) } }

    private func number(at path: FieldPath, _ namespace: Int) -> ReceivedResult.Number? {
        guard let value = message.value(at: path.with(component: 1)) else { return nil }
        return ReceivedResult.Number(
            value: value, namespace: message.value(at: path.with(component: namespace)) ?? "")
    }

    private func text(_ name: String) -> String { path(name).flatMap { message.value(at: $0) } ?? "" }

    private func first(_ name: String) -> String {
        (try? FieldPath(parsing: name)).flatMap { message.value(at: $0) } ?? ""
    }

    /// The place in the segment under way.
    private func path(_ name: String) -> FieldPath? {
        (try? FieldPath(parsing: name)).map { $0.with(segmentOccurrence: occurrences[$0.segment] ?? 1) }
    }
}
