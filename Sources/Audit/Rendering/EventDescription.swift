import FHIR

/// How an event is told in AuditEvent (R4 §6.4): codes of DICOM PS3.16 CID 400 where one fits, the RESTful
/// interaction for requests to the EHR, else the record lifecycle of ISO 21089.
struct EventDescription: Sendable, Hashable {
    /// `AuditEvent.action`.
    enum Action: String { case create = "C", read = "R", update = "U", execute = "E" }

    /// Who gives and who takes data.
    enum Flow { case fromPeer, toPeer, own }

    /// Which family of IHE BALP patterns the event is laid out for.
    enum Pattern { case none, rest, disclosure }

    /// Codes of the value set of RESTful interactions that the gateway uses as a client.
    enum Interaction: String {
        case read, vread, search, create, update, patch, transaction
        case searchType = "search-type"
    }

    let type: Coding
    let subtypes: [Coding]
    let action: Action
    let flow: Flow
    let pattern: Pattern
    /// The FHIR interaction with the EHR, of events that are one.
    let interaction: Interaction?
    /// What kind of subject the interaction read or wrote.
    private let data: Subject.Kind?

    private init(
        _ type: Coding, _ subtype: Coding? = nil, _ action: Action, _ flow: Flow = .own, pattern: Pattern = .none
    ) {
        self.type = type
        subtypes = subtype.map { [$0] } ?? []
        self.action = action
        self.flow = flow
        self.pattern = pattern
        interaction = nil
        data = nil
    }

    /// An interaction with the EHR. A search is executed (action E), not read, and it is the asker who is its source.
    private init(_ interaction: Interaction, of data: Subject.Kind) {
        type = .rest
        subtypes = [.interaction(interaction)]
        pattern = .rest
        self.interaction = interaction
        switch interaction {
        case .read, .vread: (action, flow, self.data) = (.read, .fromPeer, data)
        case .search, .searchType: (action, flow, self.data) = (.execute, .toPeer, nil)
        case .create, .transaction: (action, flow, self.data) = (.create, .toPeer, data)
        case .update, .patch: (action, flow, self.data) = (.update, .toPeer, data)
        }
    }

    /// Whether such a subject is what the interaction read or wrote.
    func isData(_ kind: Subject.Kind) -> Bool { kind == data }

    /// What one record tells: its details may say which interaction it was, its class that it was a disclosure.
    init(_ record: AuditRecord) {
        let deliveries: Set<AuditEventType> = [
            .reportPost, .reportWithdraw, .resultSend, .studyExport, .deidentifyExport,
        ]
        let isDelivery = deliveries.contains(record.event)
        if record.accessClass == .disclosure, isDelivery {
            self.init(.dicom("110106", "Export"), .lifecycle("disclose"), .read, .toPeer, pattern: .disclosure)
            return
        }
        let told = record.details["transaction"].flatMap(Interaction.init(rawValue:))
        switch record.event {
        case .patientRead: self.init(told ?? .search, of: .patient)
        case .serviceRequestRead: self.init(told ?? .search, of: .serviceRequest)
        case .imagingStudyRead: self.init(told ?? .search, of: .study)
        case .reportRead: self.init(told ?? .search, of: .report)
        case .reportPost: self.init(told ?? .transaction, of: .report)
        case .reportWithdraw: self.init(told ?? .update, of: .report)
        default: self.init(record.event)
        }
    }

    private init(_ event: AuditEventType) {
        switch event {
        case .orderReceived: self.init(.dicom("110109", "Order Record"), .lifecycle("receive"), .create, .fromPeer)
        case .orderAccepted: self.init(.dicom("110109", "Order Record"), .lifecycle("originate"), .create, .fromPeer)
        case .orderAcknowledged: self.init(.dicom("110109", "Order Record"), .lifecycle("transmit"), .execute, .toPeer)
        case .orderNotApplicable, .orderState, .orderRetry, .orderResolve, .orderRelease:
            self.init(.dicom("110109", "Order Record"), .lifecycle("amend"), .update)
        case .orderRead: self.init(.dicom("110109", "Order Record"), .lifecycle("access"), .read)
        case .messageKept: self.init(.dicom("110107", "Import"), .lifecycle("receive"), .create, .fromPeer)
        case .studyNotice: self.init(.dicom("110111", "Procedure Record"), .lifecycle("receive"), .create, .fromPeer)
        case .patientRead, .serviceRequestRead, .imagingStudyRead, .reportRead, .reportPost, .reportWithdraw:
            self.init(.rest, nil, .execute, .toPeer)
        case .studyQuery: self.init(.dicom("110112", "Query"), nil, .execute, .toPeer)
        case .studyRetrieve: self.init(.dicom("110104", "DICOM Instances Transferred"), nil, .create, .fromPeer)
        case .studyMatch: self.init(.lifecycle("verify"), nil, .execute)
        case .studyDeidentify: self.init(.lifecycle("pseudonymize"), nil, .execute)
        case .classify, .classifyRun: self.init(.lifecycle("transform"), nil, .execute)
        case .reportCompose: self.init(.lifecycle("originate"), nil, .create)
        case .resultSend: self.init(.dicom("110106", "Export"), .lifecycle("transmit"), .read, .toPeer)
        case .patientMerge: self.init(.dicom("110110", "Patient Record"), .lifecycle("merge"), .update, .fromPeer)
        case .patientUpdate: self.init(.dicom("110110", "Patient Record"), .lifecycle("amend"), .update, .fromPeer)
        case .studyExport: self.init(.dicom("110106", "Export"), .lifecycle("transmit"), .read, .toPeer)
        case .exportState, .exportRetry, .exportDiscard:
            self.init(.dicom("110111", "Procedure Record"), .lifecycle("amend"), .update)
        case .exportRead: self.init(.dicom("110111", "Procedure Record"), .lifecycle("access"), .read)
        case .deidentifyExport: self.init(.dicom("110106", "Export"), .lifecycle("pseudonymize"), .read)
        case .deidentifyReverse:
            self.init(.dicom("110103", "DICOM Instances Accessed"), .lifecycle("reidentify"), .read)
        case .connectionRefused, .listenerRefused, .accessRefused, .emergencyStart, .emergencyStop,
            .configurationReload, .configurationChanged, .certificateLoaded, .keysRotate, .keysDestroy, .holdSet,
            .holdRemoved:
            self.init(alert: event)
        case .serviceStart, .serviceStop, .configurationLoaded, .modelLoaded, .mappingLoaded, .checkpoint,
            .auditForwardFailed, .clockStep, .logRestored, .backup, .restore, .bodiesExpired, .segmentArchived:
            self.init(activity: event)
        case .auditRead: self.init(.dicom("110101", "Audit Log Used"), .lifecycle("access"), .read)
        case .auditExport: self.init(.dicom("110101", "Audit Log Used"), .lifecycle("extract"), .read)
        }
    }

    private init(alert event: AuditEventType) {
        let alert = Coding.dicom("110113", "Security Alert")
        switch event {
        case .connectionRefused, .listenerRefused:
            self.init(alert, .dicom("110126", "Node Authentication"), .execute, .fromPeer)
        case .accessRefused: self.init(alert, .dicom("110132", "Use of Restricted Function"), .execute)
        case .emergencyStart: self.init(alert, .dicom("110127", "Emergency Override Started"), .execute)
        case .emergencyStop: self.init(alert, .dicom("110138", "Emergency Override Stopped"), .execute)
        case .holdSet: self.init(alert, .lifecycle("hold"), .execute)
        case .holdRemoved: self.init(alert, .lifecycle("unhold"), .execute)
        case .keysDestroy: self.init(alert, .lifecycle("destroy"), .execute)
        default: self.init(alert, .dicom("110129", "Security Configuration"), .execute)
        }
    }

    private init(activity event: AuditEventType) {
        let activity = Coding.dicom("110100", "Application Activity")
        switch event {
        case .serviceStart: self.init(activity, .dicom("110120", "Application Start"), .execute)
        case .serviceStop: self.init(activity, .dicom("110121", "Application Stop"), .execute)
        case .bodiesExpired: self.init(activity, .lifecycle("destroy"), .execute)
        case .segmentArchived: self.init(activity, .lifecycle("archive"), .execute)
        case .restore, .logRestored: self.init(activity, .lifecycle("restore"), .execute)
        default: self.init(activity, nil, .execute)
        }
    }
}
