import DICOM
import Deidentification
import Sealing

/// The certificate of a copy as a DICOM object that every archive takes: a Basic Text SR (PS3.3 §A.35.1) in a series of
/// its own, whose one text item (UT) is the certificate.
enum CertificateReport {
    /// Basic Text SR Storage.
    static let sopClass = UID("1.2.840.10008.5.1.4.1.1.88.11")

    /// The report as an instance of the copied study.
    ///
    /// Its UIDs are pseudonyms made from the study and the certificate's digest: the same certificate is the same
    /// object, another one is another. Its dates are the copy's, or dummies: when the certificate was made stands in its
    /// text alone.
    static func instance(
        _ certificate: SignedCertificate, of study: Deidentified<Study>, pseudonyms: any PseudonymSource
    ) throws(DICOMError) -> Instance {
        guard let sopClass, let image = study.value.instances.first?.dataSet,
            let series = UID(pseudonyms.uid(for: "certificates|\(study.value.studyInstanceUID.value)")),
            let object = UID(
                pseudonyms.uid(for: "certificate|\(study.value.studyInstanceUID.value)|\(certificate.digest.hex)"))
        else { throw DICOMError(.missingInstanceUID, tag: .studyInstanceUID) }
        var dataSet = DataSet()
        for (tag, vr) in shared { dataSet[tag] = image[tag] ?? DataElement(tag, vr, .text([])) }
        for tag in markers { dataSet[tag] = image[tag] }
        dataSet.set(.specificCharacterSet, .CS, "ISO_IR 192")
        dataSet.set(.sopClassUID, sopClass)
        dataSet.set(.sopInstanceUID, object)
        dataSet.set(.studyInstanceUID, study.value.studyInstanceUID)
        dataSet.set(.seriesInstanceUID, series)
        dataSet.set(.modality, .CS, "SR")
        dataSet.set(.seriesNumber, .IS, "9901")
        dataSet.set(.instanceNumber, .IS, "1")
        dataSet.set(.referencedPerformedProcedureStepSequence, items: [])
        dataSet.set(.manufacturer, .LO, "imaging-gateway")
        dataSet.set(.contentDate, .DA, image.string(.studyDate) ?? "19000101")
        dataSet.set(.contentTime, .TM, image.string(.studyTime) ?? "000000")
        dataSet.set(completionFlag, .CS, "COMPLETE")
        dataSet.set(verificationFlag, .CS, "UNVERIFIED")
        dataSet.set(performedProcedureCodeSequence, items: [])
        dataSet.set(valueType, .CS, "CONTAINER")
        dataSet.set(
            conceptNameCodeSequence, items: [code("CERTIFICATE", "99IMGW", "De-identification Certificate")])
        dataSet.set(continuityOfContent, .CS, "SEPARATE")
        dataSet.set(contentSequence, items: [text(String(decoding: certificate.serialized, as: UTF8.self))])
        return Instance(fileMeta: DataSet(), dataSet: dataSet)
    }

    /// What the patient and the study are called in the copy; type 2 or 1 in this object as in every image.
    private static let shared: [(Tag, VR)] = [
        (.patientName, .PN), (.patientID, .LO), (.patientBirthDate, .DA), (.patientSex, .CS), (.studyDate, .DA),
        (.studyTime, .TM), (.accessionNumber, .SH), (.referringPhysicianName, .PN), (.studyID, .SH),
    ]

    private static let markers: [Tag] = [
        .patientIdentityRemoved, .deidentificationMethod, .deidentificationMethodCodeSequence,
        .longitudinalTemporalInformationModified,
    ]

    private static func text(_ certificate: String) -> DataSet {
        var item = DataSet()
        item.set(relationshipType, .CS, "CONTAINS")
        item.set(valueType, .CS, "TEXT")
        item.set(conceptNameCodeSequence, items: [code("121106", "DCM", "Comment")])
        item.set(textValue, .UT, certificate)
        return item
    }

    private static func code(_ value: String, _ scheme: String, _ meaning: String) -> DataSet {
        var item = DataSet()
        item.set(.codeValue, .SH, value)
        item.set(.codingSchemeDesignator, .SH, scheme)
        item.set(.codeMeaning, .LO, meaning)
        return item
    }

    private static let performedProcedureCodeSequence = Tag(0x0040, 0xA372)
    private static let relationshipType = Tag(0x0040, 0xA010)
    private static let valueType = Tag(0x0040, 0xA040)
    private static let conceptNameCodeSequence = Tag(0x0040, 0xA043)
    private static let continuityOfContent = Tag(0x0040, 0xA050)
    private static let textValue = Tag(0x0040, 0xA160)
    private static let completionFlag = Tag(0x0040, 0xA491)
    private static let verificationFlag = Tag(0x0040, 0xA493)
    private static let contentSequence = Tag(0x0040, 0xA730)
}
