public import FHIR
import JSON

/// The FHIR form of a record (R4 §6.4). No profile is claimed.
public struct AuditEventRenderer: Sendable {
    /// The name under which the gateway appears as agent and observer.
    private let observer: String
    /// The FHIR identifier system of an assigner's name.
    private let system: @Sendable (String) -> String?

    /// A renderer; `system` comes from the configured assigners.
    public init(observer: String, system: @escaping @Sendable (String) -> String?) {
        self.observer = observer
        self.system = system
    }

    /// The AuditEvent of a record; `index` is its place in the log.
    public func auditEvent(for record: AuditRecord, index: UInt64?) -> AuditEvent {
        let event = EventDescription(record.event)
        let own = Coding(system: "urn:imaging-gateway:audit-event", code: record.event.rawValue)
        return AuditEvent(elements: [
            "type": event.type,
            "subtype": [event.subtype, own].compactMap { $0 },
            "action": event.action.rawValue,
            "recorded": record.time.text,
            // An intent has no outcome yet.
            "outcome": record.phase == .intent ? nil : String(record.outcome.rawValue),
            "outcomeDesc": record.code,
            "purposeOfEvent": [CodeableConcept(.purpose(record.purpose))],
            "agent": agents(record, event.flow),
            "source": JSONObject(elements: [
                "observer": Reference(nil, display: observer),
                "type": [
                    Coding(
                        system: "http://terminology.hl7.org/CodeSystem/security-source-type", code: "4",
                        display: "Application Server")
                ],
            ]),
            "entity": record.subjects.map(entity) + [job(record, index)],
        ])
    }

    private func agents(_ record: AuditRecord, _ flow: EventDescription.Flow) -> [JSONObject] {
        let isActor = record.principal.kind == .service
        var agents = [
            agent(
                name: observer, type: flow.gatewayRole, isRequestor: isActor,
                roles: isActor ? record.roles : [.application])
        ]
        if !isActor, record.principal.name != record.peer?.name {
            agents.append(
                agent(
                    name: record.principal.name, type: .requester(record.principal), isRequestor: true,
                    roles: record.roles))
        }
        if let peer = record.peer {
            let isRequestor = record.principal.kind == .peer && record.principal.name == peer.name
            agents.append(
                agent(
                    name: peer.name, type: flow.peerRole, isRequestor: isRequestor,
                    roles: isRequestor ? record.roles : [], address: peer.address))
        }
        return agents
    }

    private func agent(
        name: String, type: Coding, isRequestor: Bool, roles: [Role], address: String? = nil
    ) -> JSONObject {
        JSONObject(elements: [
            "type": CodeableConcept(type),
            "role": roles.map { CodeableConcept(text: $0.value) },
            "who": Reference(nil, display: name),
            "requestor": isRequestor,
            "network": address.map {
                let isIP = $0.contains(":") || $0.allSatisfy { $0 == "." || $0.isNumber }
                return JSONObject(elements: ["address": $0, "type": isIP ? "2" : "1"])
            },
        ])
    }

    private func entity(_ subject: Subject) -> JSONObject {
        let isPatient = subject.type == .patient
        let identifier =
            subject.type == .study
            ? Identifier(system: CodeSystem.dicomUID, value: "urn:oid:" + subject.identifier)
            : Identifier(system: system(subject.assigner), value: subject.identifier)
        return JSONObject(elements: [
            "what": Reference(nil, type: subject.type.resourceType, identifier: identifier),
            "type": isPatient ? Coding.entityType("1", "Person") : .entityType("2", "System Object"),
            "role": subject.type.objectRole,
        ])
    }

    /// What belongs to the event as a whole: correlation, place in the log, phase and details.
    private func job(_ record: AuditRecord, _ index: UInt64?) -> JSONObject {
        var details = record.details
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

extension EventDescription.Flow {
    /// Who sends is the source, also of a query; who answers it or takes data is the destination.
    fileprivate var gatewayRole: Coding {
        switch self {
        case .fromPeer: .dicom("110152", "Destination Role ID")
        case .toPeer: .dicom("110153", "Source Role ID")
        case .own: .dicom("110150", "Application")
        }
    }

    fileprivate var peerRole: Coding {
        switch self {
        case .fromPeer: .dicom("110153", "Source Role ID")
        case .toPeer: .dicom("110152", "Destination Role ID")
        case .own: .dicom("110150", "Application")
        }
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

extension Coding {
    fileprivate static func entityType(_ code: String, _ display: String) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/audit-entity-type", code: code, display: display)
    }

    fileprivate static func objectRole(_ code: String, _ display: String) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/object-role", code: code, display: display)
    }

    fileprivate static func purpose(_ purpose: PurposeOfUse) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: purpose.code)
    }

    fileprivate static func requester(_ principal: Principal) -> Coding {
        principal.kind == .user
            ? Coding(
                system: "http://terminology.hl7.org/CodeSystem/extra-security-role-type", code: "humanuser",
                display: "human user")
            : .dicom("110150", "Application")
    }
}
