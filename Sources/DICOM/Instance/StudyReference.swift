/// A study as a QIDO-RS answer names it (PS3.18 §10.6, study level): enough to match it to an order before retrieving.
public struct StudyReference: Hashable, Sendable {
    /// Study Instance UID (0020,000D).
    public let studyInstanceUID: UID
    /// Accession Number (0008,0050).
    public let accessionNumber: String?
    /// Local Namespace Entity ID, else Universal Entity ID, of Issuer of Accession Number Sequence (0008,0051).
    public let issuerOfAccessionNumber: String?
    /// Patient ID (0010,0020).
    public let patientID: String?
    /// Issuer of Patient ID (0010,0021).
    public let issuerOfPatientID: String?
    /// PN in the alphabetic representation.
    public let patientName: String?
    /// DA, as sent.
    public let patientBirthDate: String?
    /// Patient's Sex (0010,0040).
    public let patientSex: String?
    /// DA, as sent.
    public let studyDate: String?
    /// Modalities in Study (0008,0061).
    public let modalitiesInStudy: [String]
    /// Number of Study Related Instances (0020,1208).
    public let instanceCount: Int?
    /// Number of Study Related Series (0020,1206).
    public let seriesCount: Int?

    /// A reference from its parts.
    public init(
        studyInstanceUID: UID, accessionNumber: String? = nil, issuerOfAccessionNumber: String? = nil,
        patientID: String? = nil, issuerOfPatientID: String? = nil, patientName: String? = nil,
        patientBirthDate: String? = nil, patientSex: String? = nil, studyDate: String? = nil,
        modalitiesInStudy: [String] = [], instanceCount: Int? = nil, seriesCount: Int? = nil
    ) {
        self.studyInstanceUID = studyInstanceUID
        self.accessionNumber = accessionNumber
        self.issuerOfAccessionNumber = issuerOfAccessionNumber
        self.patientID = patientID
        self.issuerOfPatientID = issuerOfPatientID
        self.patientName = patientName
        self.patientBirthDate = patientBirthDate
        self.patientSex = patientSex
        self.studyDate = studyDate
        self.modalitiesInStudy = modalitiesInStudy
        self.instanceCount = instanceCount
        self.seriesCount = seriesCount
    }

    /// The reference in the headers of an instance that has arrived; nil without a Study Instance UID.
    public init?(_ dataSet: DataSet) {
        guard let uid = dataSet.uid(.studyInstanceUID) else { return nil }
        let issuer = dataSet.items(.issuerOfAccessionNumberSequence).first
        let modalities = dataSet.strings(.modalitiesInStudy)
        let name = dataSet.string(.patientName)?.split(separator: "=", omittingEmptySubsequences: false).first.map(
            String.init)
        self.init(
            studyInstanceUID: uid, accessionNumber: dataSet.string(.accessionNumber),
            issuerOfAccessionNumber: issuer?.string(.localNamespaceEntityID) ?? issuer?.string(.universalEntityID),
            patientID: dataSet.string(.patientID), issuerOfPatientID: dataSet.string(.issuerOfPatientID),
            patientName: name, patientBirthDate: dataSet.string(.patientBirthDate),
            patientSex: dataSet.string(.patientSex), studyDate: dataSet.string(.studyDate),
            modalitiesInStudy: modalities.isEmpty ? dataSet.strings(.modality) : modalities,
            instanceCount: dataSet.int(.numberOfStudyRelatedInstances),
            seriesCount: dataSet.int(.numberOfStudyRelatedSeries))
    }
}

extension StudyReference: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted study reference>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
