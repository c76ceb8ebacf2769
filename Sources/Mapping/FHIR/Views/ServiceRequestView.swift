import FHIR
import HL7v2
import JSON

/// ORC, OBR, TQ1, NTE and IPC as ServiceRequest (maps ORC[ServiceRequest], OBR[ServiceRequest] and TQ1[ServiceRequest]
/// of the guide; IPC and the accession number by local rules).
struct ServiceRequestView {
    private let reader: ViewReader
    private let patient: Patient?

    init(_ reader: ViewReader, patient: Patient?) {
        self.reader = reader
        self.patient = patient
    }

    private var order: ImagingOrder { reader.order }

    var resource: ServiceRequest {
        let period = timing
        return ServiceRequest(elements: [
            "meta": security.isEmpty ? nil : JSONObject(elements: ["security": security]),
            "extension": statusReason.map {
                [PatientView.extended("request-statusReason", "valueCodeableConcept", $0)]
            },
            "identifier": identifiers, "basedOn": parents,
            "requisition": reader.field("ORC-4")?.identifierEI(type: "PGN"),
            "status": status, "intent": reader.field("OBR-11")?.text() == "G" ? "reflex-order" : "order",
            "category": [CodeableConcept(Coding(system: CodeSystem.snomed, code: "363679005", display: "Imaging"))],
            "priority": order.priority.flatMap(CodeTables.priority),
            "code": reader.field(.procedureCode)?.concept(), "orderDetail": details, "subject": subject,
            "occurrenceDateTime": period == nil ? occurrence : nil,
            "occurrenceTiming": period.map {
                JSONObject(elements: ["repeat": JSONObject(elements: ["boundsPeriod": $0])])
            },
            "authoredOn": order.orderControl == .NW ? order.transactionTime?.stated.fhirDateTime : nil,
            "requester": (reader.field("ORC-12") ?? reader.field("OBR-16"))?.practitioner(),
            "locationCode": reader.field("ORC-29")?.concept(translated: CodeTables.orderType, original: 482).map {
                [$0]
            },
            "reasonCode": reader.fields("OBR-31").compactMap { $0.concept() },
            "bodySite": order.bodyPart.map { [CodeableConcept(text: $0)] }, "note": notes,
        ])
    }

    /// ORC-5 counts; without it, or with one of no table, ORC-1 does. `unknown` is what FHIR has for neither.
    private var status: String {
        order.orderStatus.flatMap { CodeTables.status(orderStatus: $0) }
            ?? CodeTables.status(orderControl: order.orderControl) ?? "unknown"
    }

    private var statusReason: CodeableConcept? {
        order.orderStatus == nil ? reader.field("ORC-16")?.concept() : nil
    }

    // MARK: - Identifiers

    private var identifiers: [JSONObject] {
        let numbers = [
            number(.placerOrderNumber, .placer, "PLAC"), number(.fillerOrderNumber, .filler, "FILL"),
            number(.accessionNumber, .accession, "ACSN"),
            reader.field(.requestedProcedureID)?.identifierEI(type: "RRI").map(Self.plain),
            reader.field("ORC-38")?.identifierEI(type: "FGN"),
        ]
        let alternate = reader.fields("OBR-53").isEmpty ? reader.fields("ORC-33") : reader.fields("OBR-53")
        return numbers.compactMap(\.self) + alternate.compactMap { $0.identifierCX(type: "PLAC") }
    }

    /// The requested procedure ID has no code in table 0203.
    private static func plain(_ identifier: JSONObject) -> JSONObject {
        var plain = identifier
        plain["type"] = CodeableConcept(text: "Requested Procedure ID").json
        return plain
    }

    /// A number as the mapping file found and cut it, with its assigner.
    private func number(_ field: OrderField, _ kind: OrderKey.Kind, _ type: String) -> JSONObject? {
        guard let place = reader.field(field) else { return nil }
        let use = kind == .accession ? "usual" : nil
        let known = order.identity.identifier(kind)
        if let known, let assigner = known.assigner, let system = reader.sender.assigners.fhirSystem(of: assigner) {
            return JSONObject(elements: [
                "use": use, "type": CodeableConcept(Coding(system: Identifier.typeSystem, code: type)),
                "system": system, "value": known.value,
            ])
        }
        var identifier = place.identifierEI(type: type, value: known?.value)
        if let use { identifier?["use"] = use.json }
        return identifier
    }

    /// The parent's numbers. The guide gives both the type of a group number; they are order numbers.
    private var parents: [JSONObject] {
        let field = reader.field("OBR-29") ?? reader.field("ORC-8")
        return [field?.identifierEIP(1, type: "PLAC"), field?.identifierEIP(2, type: "FILL")].compactMap(\.self).map {
            JSONObject(elements: ["type": "ServiceRequest", "identifier": $0])
        }
    }

    /// ServiceRequest.subject is required: without a patient's number its absence is said.
    private var subject: JSONObject {
        if let identifier = patient?.elements["identifier"]?.array?.first {
            return JSONObject(elements: ["type": "Patient", "identifier": identifier])
        }
        return JSONObject(elements: [
            "extension": [
                JSONObject(elements: [
                    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown",
                ])
            ]
        ])
    }

    // MARK: - Codes

    private var details: [CodeableConcept] {
        var details = (reader.fields("OBR-46") + reader.fields("OBR-47")).compactMap { $0.concept() }
        if let modality = order.modality, CodeTables.isCode(modality) {
            details.insert(CodeableConcept(Coding(system: CodeSystem.dicom, code: modality)), at: 0)
        }
        return details
    }

    private var security: [Coding] {
        reader.fields("ORC-28").compactMap { field in
            field.code.map { code in
                CodeTables.confidentiality[code].map { Coding(system: $0.system, code: $0.code) }
                    ?? Coding(
                        system: field.text(3).flatMap(CodeTables.system), code: code, display: field.text(2))
            }
        }
    }

    // MARK: - Times

    /// TQ1-7 and TQ1-8, or the quantity and timing of ORC-7 or OBR-27, where an end is given.
    private var timing: JSONObject? {
        let period =
            reader.field("TQ1-8") != nil
            ? JSONObject(elements: [
                "start": reader.field("TQ1-7")?.dateTime(), "end": reader.field("TQ1-8")?.dateTime(),
            ])
            : (reader.field("ORC-7") ?? reader.field("OBR-27"))?.period(4, 5)
        return period?["end"] == nil ? nil : period
    }

    private var occurrence: String? {
        order.scheduledTime?.stated.fhirDateTime ?? reader.field("OBR-6")?.dateTime()
    }

    // MARK: - Notes

    private var notes: [Annotation] {
        let clinical = reader.fields("OBR-13").compactMap { field in field.concept().flatMap(Self.words) }
        let comments = reader.group.noteNumbers(in: reader.message).flatMap { number in
            (try? FieldPath(parsing: "NTE-3")).map { reader.fields(at: $0.with(segmentOccurrence: number)) } ?? []
        }.compactMap { $0.text() }
        let timing = [reader.field("TQ1-11")?.text()].compactMap(\.self)
        return (clinical + comments + timing).map { Annotation(text: $0) }
    }

    private static func words(_ concept: CodeableConcept) -> String? {
        concept.text ?? concept.coding.lazy.compactMap { $0.display ?? $0.code }.first
    }
}
