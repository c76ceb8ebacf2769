import FHIR
import JSON

/// One `AuditEvent.entity` beside the one of the job.
struct EventEntity {
    /// `AuditEvent.entity.type`; BALP tells entities apart by it.
    enum Kind { case person, systemObject, other, requestID }

    let kind: Kind
    let role: Coding?
    let what: Reference?
    /// What a search asked for, as it was sent; in base64 only.
    let query: String?

    var json: JSONObject {
        JSONObject(elements: ["what": what, "type": kind.coding, "role": role, "query": query.map(base64)])
    }
}

/// The entities of an event by what they are to a BALP pattern.
struct EventEntities {
    var patients: [EventEntity] = []
    var data: [EventEntity] = []
    var queries: [EventEntity] = []
    var others: [EventEntity] = []

    var all: [EventEntity] { patients + data + queries + others }
}

extension EventEntity.Kind {
    fileprivate var coding: Coding {
        switch self {
        case .person: .entityType("1", "Person")
        case .systemObject: .entityType("2", "System Object")
        case .other: .entityType("4", "Other")
        case .requestID:
            Coding(
                system: "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", code: "XrequestId")
        }
    }
}

/// Details of a record that have an element of their own in AuditEvent.
enum RenderedDetail {
    /// What searches asked for, one a line. It may hold identifiers: it stands in sealed records only.
    static let query = "query"
    /// The value of X-Request-Id.
    static let requestID = "requestID"
    static let names: Set<String> = [query, requestID]
}

extension AuditEventRenderer {
    /// A BALP pattern knows one patient and one system object; what else the record names then counts as `other`.
    func entities(of record: AuditRecord, _ event: EventDescription) -> EventEntities {
        var entities = EventEntities()
        let isPattern = event.pattern != .none
        for subject in record.subjects {
            if subject.type == .patient {
                let isFurther = isPattern && !entities.patients.isEmpty
                let entity = entity(subject, isFurther ? .other : .person)
                if isFurther { entities.others.append(entity) } else { entities.patients.append(entity) }
            } else if event.isData(subject.type) {
                entities.data.append(entity(subject, .systemObject))
            } else {
                entities.others.append(entity(subject, isPattern ? .other : .systemObject))
            }
        }
        for query in (record.details[RenderedDetail.query] ?? "").split(separator: "\n") {
            entities.queries.append(
                EventEntity(kind: .systemObject, role: .objectRole("24", "Query"), what: nil, query: String(query)))
        }
        if let id = record.details[RenderedDetail.requestID] {
            let what = Reference(nil, identifier: Identifier(system: nil, value: id))
            entities.others.append(EventEntity(kind: .requestID, role: nil, what: what, query: nil))
        }
        return entities
    }

    private func entity(_ subject: Subject, _ kind: EventEntity.Kind) -> EventEntity {
        EventEntity(kind: kind, role: subject.type.objectRole, what: reference(subject), query: nil)
    }

    /// By logical identifier; a report that the EHR has, by its address there.
    private func reference(_ subject: Subject) -> Reference {
        let type = subject.type.resourceType
        if subject.type == .report || subject.type == .serviceRequest,
            let target = ReferenceTarget(subject.identifier), target.type == type
        {
            return Reference(subject.identifier, type: type)
        }
        let identifier =
            subject.type == .study
            ? Identifier(system: CodeSystem.dicomUID, value: "urn:oid:" + subject.identifier)
            : Identifier(system: system(subject.assigner), value: subject.identifier)
        return Reference(nil, type: type, identifier: identifier)
    }

    /// What belongs to the event as a whole: correlation, place in the log, phase and details.
    func job(_ record: AuditRecord, _ index: UInt64?) -> JSONObject {
        var details = record.details.filter { !RenderedDetail.names.contains($0.key) }
        details["phase"] = record.phase.name
        details["intent"] = record.phase.intent.map { String($0) }
        details["leaf"] = index.map { String($0) }
        details["class"] = record.accessClass.rawValue
        let identifier = Identifier(system: CodeSystem.uri, value: "urn:uuid:" + record.correlation.value)
        return JSONObject(elements: [
            "what": Reference(nil, identifier: identifier),
            "type": Coding.entityType("4", "Other"),
            "role": Coding.objectRole("20", "Job"),
            "detail": details.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map {
                JSONObject(elements: ["type": $0.key, "valueString": $0.value])
            },
        ])
    }
}

extension Subject.Kind {
    fileprivate var resourceType: String? {
        switch self {
        case .patient: "Patient"
        case .order, .accession, .filler, .placer, .serviceRequest: "ServiceRequest"
        case .study: "ImagingStudy"
        case .report: "DiagnosticReport"
        case .message, .model: nil
        }
    }

    fileprivate var objectRole: Coding {
        switch self {
        case .patient: .objectRole("1", "Patient")
        case .study, .report: .objectRole("3", "Report")
        case .order, .accession, .filler, .placer, .serviceRequest, .message: .objectRole("4", "Domain Resource")
        case .model: .objectRole("13", "Security Resource")
        }
    }
}

/// RFC 4648 §4.
private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - group.count))
        for place in 0..<4 {
            let isPadding = place > group.count
            result.append(isPadding ? 0x3D : alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 0x3F)])
        }
    }
    return String(decoding: result, as: UTF8.self)
}
