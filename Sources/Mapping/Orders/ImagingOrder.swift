public import DICOM
public import HL7v2

/// One imaging order, whatever message it came in: ORM^O01, OMI^O23, OMG^O19 or ServiceRequest. Identified data.
public struct ImagingOrder: Sendable, Equatable {
    /// The order's numbers.
    public var identity: OrderIdentity
    /// All identifiers that PID-3 gives; which of them is meant is for matching to find out.
    public var patient: [AssignedIdentifier]
    /// For display and report only.
    public var patientName: PersonName?
    /// With the precision given, never a time.
    public var birthDate: DTM?
    /// M, F, O, U or another code of table 0001.
    public var sex: String?
    /// ORC-1.
    public var orderControl: OrderControl
    /// ORC-5, table 0038.
    public var orderStatus: String?
    /// The examination ordered.
    public var procedureCode: CodedConcept?
    /// A code of DICOM's modalities, such as `DX`.
    public var modality: String?
    /// A code of DICOM's body parts, such as `CHEST`.
    public var bodyPart: String?
    /// The study, where the order names it.
    public var studyInstanceUID: UID?
    /// When the examination is planned.
    public var scheduledTime: OrderTime?
    /// ORC-9.
    public var transactionTime: OrderTime?
    /// OBR-19 or IPC-2.
    public var requestedProcedureID: String?
    /// S, A, R, P, C or T.
    public var priority: String?
    /// Fields that the message says to delete (`""`), by their names in the mapping file.
    public var cleared: [String]
    /// The configured name of the sender.
    public var source: String
    /// MSH-10.
    public var messageControlID: String?
    /// A short digest of the mapping files that read the message; nil where none did.
    public var mappingVersion: String?

    /// An order of these values; what is not given is not known.
    public init(
        identity: OrderIdentity, patient: [AssignedIdentifier] = [], patientName: PersonName? = nil,
        birthDate: DTM? = nil, sex: String? = nil, orderControl: OrderControl = .NW, orderStatus: String? = nil,
        procedureCode: CodedConcept? = nil, modality: String? = nil, bodyPart: String? = nil,
        studyInstanceUID: UID? = nil, scheduledTime: OrderTime? = nil, transactionTime: OrderTime? = nil,
        requestedProcedureID: String? = nil, priority: String? = nil, cleared: [String] = [], source: String,
        messageControlID: String? = nil, mappingVersion: String? = nil
    ) {
        self.identity = identity
        self.patient = patient
        self.patientName = patientName
        self.birthDate = birthDate
        self.sex = sex
        self.orderControl = orderControl
        self.orderStatus = orderStatus
        self.procedureCode = procedureCode
        self.modality = modality
        self.bodyPart = bodyPart
        self.studyInstanceUID = studyInstanceUID
        self.scheduledTime = scheduledTime
        self.transactionTime = transactionTime
        self.requestedProcedureID = requestedProcedureID
        self.priority = priority
        self.cleared = cleared
        self.source = source
        self.messageControlID = messageControlID
        self.mappingVersion = mappingVersion
    }

    /// Whether ORC-5 says that the examination is done (table 0038, `CM`): images are there or about to be.
    public var orderStatusIsCompleted: Bool { orderStatus == "CM" }

    /// Whether both speak of one patient and do not name two studies.
    public func isSameExam(as other: ImagingOrder) -> Bool {
        if let one = studyInstanceUID, let two = other.studyInstanceUID, one != two { return false }
        return patient == other.patient || patient.contains { one in other.patient.contains { one.isSame(as: $0) } }
    }
}

extension ImagingOrder: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
