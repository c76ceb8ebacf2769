import FHIR

/// How an event is told in AuditEvent (R4 §6.4): codes of DICOM PS3.16 CID 400 where one fits, the RESTful
/// interaction for requests to the EHR, else the record lifecycle of ISO 21089.
struct EventDescription: Sendable, Hashable {
    /// `AuditEvent.action`.
    enum Action: String { case create = "C", read = "R", update = "U", execute = "E" }

    /// Who gives and who takes data.
    enum Flow { case fromPeer, toPeer, own }

    let type: Coding
    let subtype: Coding?
    let action: Action
    let flow: Flow

    private init(_ type: Coding, _ subtype: Coding? = nil, _ action: Action, _ flow: Flow = .own) {
        self.type = type
        self.subtype = subtype
        self.action = action
        self.flow = flow
    }

    init(_ event: AuditEventType) {
        switch event {
        case .orderReceived: self.init(.dicom("110109", "Order Record"), .lifecycle("receive"), .create, .fromPeer)
        case .orderAccepted: self.init(.dicom("110109", "Order Record"), .lifecycle("originate"), .create)
        case .orderAcknowledged: self.init(.dicom("110109", "Order Record"), .lifecycle("transmit"), .execute, .toPeer)
        case .orderNotApplicable, .orderState, .orderRetry, .orderResolve, .orderRelease:
            self.init(.dicom("110109", "Order Record"), .lifecycle("amend"), .update)
        case .orderRead: self.init(.dicom("110109", "Order Record"), .lifecycle("access"), .read)
        case .messageKept: self.init(.dicom("110107", "Import"), .lifecycle("receive"), .create, .fromPeer)
        case .studyNotice: self.init(.dicom("110111", "Procedure Record"), .lifecycle("receive"), .create, .fromPeer)
        case .patientRead, .serviceRequestRead, .imagingStudyRead, .reportRead:
            // The EHR is searched, by POST _search; a search is executed (action E), not read.
            self.init(.rest, .interaction("search"), .execute, .toPeer)
        case .studyQuery: self.init(.dicom("110112", "Query"), nil, .execute, .toPeer)
        case .studyRetrieve: self.init(.dicom("110104", "DICOM Instances Transferred"), nil, .create, .fromPeer)
        case .studyMatch: self.init(.lifecycle("verify"), nil, .execute)
        case .studyDeidentify: self.init(.lifecycle("pseudonymize"), nil, .execute)
        case .classify: self.init(.lifecycle("transform"), nil, .execute)
        case .reportCompose: self.init(.lifecycle("originate"), nil, .create)
        case .reportPost: self.init(.rest, .interaction("transaction"), .create, .toPeer)
        case .reportWithdraw: self.init(.rest, .interaction("transaction"), .update, .toPeer)
        case .resultSend: self.init(.dicom("110106", "Export"), .lifecycle("transmit"), .read, .toPeer)
        case .patientMerge: self.init(.dicom("110110", "Patient Record"), .lifecycle("merge"), .update, .fromPeer)
        case .patientUpdate: self.init(.dicom("110110", "Patient Record"), .lifecycle("amend"), .update, .fromPeer)
        case .connectionRefused, .listenerRefused:
            self.init(.dicom("110113", "Security Alert"), .dicom("110126", "Node Authentication"), .execute, .fromPeer)
        case .serviceStart:
            self.init(.dicom("110100", "Application Activity"), .dicom("110120", "Application Start"), .execute)
        case .serviceStop:
            self.init(.dicom("110100", "Application Activity"), .dicom("110121", "Application Stop"), .execute)
        case .configurationReload:
            self.init(
                .dicom("110113", "Security Alert"), .dicom("110129", "Security Configuration"), .execute)
        case .configurationLoaded, .modelLoaded, .mappingLoaded, .checkpoint:
            self.init(.dicom("110100", "Application Activity"), nil, .execute)
        case .auditRead: self.init(.dicom("110101", "Audit Log Used"), nil, .read)
        case .keysRotate, .keysDestroy:
            self.init(.dicom("110113", "Security Alert"), .dicom("110129", "Security Configuration"), .execute)
        }
    }
}

extension Coding {
    static let rest = Coding(
        system: "http://terminology.hl7.org/CodeSystem/audit-event-type", code: "rest", display: "RESTful Operation")

    static func dicom(_ code: String, _ display: String) -> Coding {
        Coding(system: CodeSystem.dicom, code: code, display: display)
    }

    static func lifecycle(_ code: String) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", code: code)
    }

    static func interaction(_ code: String) -> Coding {
        Coding(system: "http://hl7.org/fhir/restful-interaction", code: code, display: code)
    }
}
