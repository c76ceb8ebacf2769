public import JSON

extension StudyReference {
    /// One member of a QIDO-RS study answer. Attributes not named by this type are not looked at, so that a defect
    /// there hides no study; nil if one that is named is malformed or the Study Instance UID is missing.
    public init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        let named = JSONObject(
            object.filter { key, attribute in
                Tag(hex: key).map(Self.tags.contains) ?? false && attribute["BulkDataURI"] == nil
            })
        guard let dataSet = try? DataSet(json: .object(named)) else { return nil }
        self.init(dataSet)
    }

    private static let tags: Set<Tag> = [
        .studyDate, .accessionNumber, .issuerOfAccessionNumberSequence, .modality, .modalitiesInStudy, .patientName,
        .patientID, .issuerOfPatientID, .patientBirthDate, .patientSex, .studyInstanceUID,
        .numberOfStudyRelatedSeries, .numberOfStudyRelatedInstances,
    ]
}
