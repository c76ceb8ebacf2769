import Audit

/// How an event is told as an audit message (PS3.15 A.5.3): EventID and EventTypeCode of PS3.16 CID 400 and 401 where
/// one fits, else the event's own code.
struct MessageDescription: Sendable, Hashable {
    /// Who gives and who takes data.
    enum Flow { case fromPeer, toPeer, own }

    let id: CodedValue
    let types: [CodedValue]
    let action: String
    let flow: Flow
    /// ParticipantObjectDataLifeCycle of the study or report.
    let lifeCycle: Int?

    init(_ record: AuditRecord) {
        let isDisclosure = record.accessClass == .disclosure
        let isRead = ["read", "vread"].contains(record.details["transaction"])
        switch record.event {
        case .orderReceived, .orderAccepted: self.init(record, .orderRecord, "C", .fromPeer)
        case .orderAcknowledged: self.init(record, .orderRecord, "R", .toPeer)
        case .orderNotApplicable, .orderState, .orderRetry, .orderResolve, .orderRelease:
            self.init(record, .orderRecord, "U")
        case .orderRead: self.init(record, .orderRecord, "R")
        case .messageKept: self.init(record, .dicom("110107", "Import"), "C", .fromPeer, lifeCycle: 2)
        case .studyNotice: self.init(record, .procedureRecord, "C", .fromPeer)
        case .patientRead where isRead: self.init(record, .patientRecord, "R", .fromPeer)
        case .serviceRequestRead where isRead: self.init(record, .orderRecord, "R", .fromPeer)
        case .imagingStudyRead where isRead: self.init(record, .procedureRecord, "R", .fromPeer)
        case .patientRead, .serviceRequestRead, .imagingStudyRead, .reportRead, .studyQuery:
            self.init(record, .dicom("110112", "Query"), "E", .toPeer)
        case .studyRetrieve:
            self.init(record, .dicom("110104", "DICOM Instances Transferred"), "C", .fromPeer, lifeCycle: 2)
        case .studyMatch: self.init(record, .instancesAccessed, "R", lifeCycle: 4)
        case .studyDeidentify: self.init(record, .instancesAccessed, "R", lifeCycle: 7)
        case .classify, .classifyRun: self.init(record, .instancesAccessed, "R", lifeCycle: 6)
        case .reportPost, .resultSend: self.init(record, .export, "R", .toPeer, lifeCycle: isDisclosure ? 11 : 10)
        case .studyExport: self.init(record, .export, "R", .toPeer, lifeCycle: isDisclosure ? 11 : 10)
        case .exportState, .exportRetry, .exportDiscard: self.init(record, .procedureRecord, "U")
        case .exportRead: self.init(record, .procedureRecord, "R")
        case .reportWithdraw: self.init(record, .export, "U", .toPeer, lifeCycle: 14)
        case .deidentifyExport: self.init(record, .export, "R", lifeCycle: isDisclosure ? 11 : 7)
        // There is no life cycle for leading back: the identity is read.
        case .deidentifyReverse: self.init(record, .instancesAccessed, "R", lifeCycle: 6)
        case .patientMerge, .patientUpdate: self.init(record, .patientRecord, "U", .fromPeer)
        case .serviceStart: self.init(record, .activity, "E", type: .dicom("110120", "Application Start"))
        case .serviceStop: self.init(record, .activity, "E", type: .dicom("110121", "Application Stop"))
        case .auditRead, .auditExport: self.init(record, .dicom("110101", "Audit Log Used"), "R")
        case .connectionRefused, .listenerRefused:
            self.init(record, .alert, "E", .fromPeer, type: .dicom("110126", "Node Authentication"))
        case .accessRefused: self.init(record, .alert, "E", type: .dicom("110132", "Use of Restricted Function"))
        case .emergencyStart: self.init(record, .alert, "E", type: .dicom("110127", "Emergency Override Started"))
        case .emergencyStop: self.init(record, .alert, "E", type: .dicom("110138", "Emergency Override Stopped"))
        case .holdSet, .holdRemoved:
            self.init(record, .alert, "E", type: .dicom("110135", "Object Security Attributes Changed"))
        case .configurationReload, .configurationChanged, .certificateLoaded, .keysRotate, .keysDestroy:
            self.init(record, .alert, "E", type: .dicom("110129", "Security Configuration"))
        // DICOM has no code for these: Application Activity is start and stop only.
        case .reportCompose: self.init(record, .own(record.event), "C")
        case .configurationLoaded, .modelLoaded, .mappingLoaded, .checkpoint, .auditForwardFailed, .clockStep,
            .logRestored, .backup, .restore, .bodiesExpired, .segmentArchived:
            self.init(record, .own(record.event), "E")
        }
    }

    private init(
        _ record: AuditRecord, _ id: CodedValue, _ action: String, _ flow: Flow = .own, type: CodedValue? = nil,
        lifeCycle: Int? = nil
    ) {
        let own = CodedValue.own(record.event)
        self.id = id
        types = [type, id == own ? nil : own].compactMap { $0 }
        self.action = action
        self.flow = flow
        self.lifeCycle = lifeCycle
    }
}

extension CodedValue {
    fileprivate static let orderRecord = dicom("110109", "Order Record")
    fileprivate static let patientRecord = dicom("110110", "Patient Record")
    fileprivate static let procedureRecord = dicom("110111", "Procedure Record")
    fileprivate static let instancesAccessed = dicom("110103", "DICOM Instances Accessed")
    fileprivate static let export = dicom("110106", "Export")
    fileprivate static let activity = dicom("110100", "Application Activity")
    fileprivate static let alert = dicom("110113", "Security Alert")

    /// The event's own name.
    fileprivate static func own(_ event: AuditEventType) -> CodedValue {
        CodedValue(code: event.rawValue, system: "urn:imaging-gateway:audit-event", meaning: event.rawValue)
    }
}
