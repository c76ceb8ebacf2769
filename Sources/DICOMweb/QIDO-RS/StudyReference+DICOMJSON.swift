internal import DICOM

extension StudyReference {
    /// One match of a search for studies; nil without a Study Instance UID.
    init?(_ match: Attributes) {
        guard let uid = match.uid(.studyInstanceUID) else { return nil }
        let issuer = match.item(.issuerOfAccessionNumberSequence)
        self.init(
            studyInstanceUID: uid, accessionNumber: match.string(.accessionNumber),
            issuerOfAccessionNumber: issuer?.string(.localNamespaceEntityID) ?? issuer?.string(.universalEntityID),
            patientID: match.string(.patientID), issuerOfPatientID: match.string(.issuerOfPatientID),
            patientName: match.string(.patientName), patientBirthDate: match.string(.patientBirthDate),
            patientSex: match.string(.patientSex), studyDate: match.string(.studyDate),
            modalitiesInStudy: match.strings(.modalitiesInStudy),
            instanceCount: match.int(.numberOfStudyRelatedInstances),
            seriesCount: match.int(.numberOfStudyRelatedSeries))
    }
}
