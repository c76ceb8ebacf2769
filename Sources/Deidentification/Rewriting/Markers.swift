internal import DICOM

/// What a de-identified object says of itself (PS3.15 §E.1.1 step 6, PS3.3 C.7.1.1, C.12.1).
enum Markers {
    /// Name and version of the rules, as written into the object and the receipt.
    static let version = "imaging-gateway 2"

    static func mark(_ dataSet: inout DataSet, _ profile: DeidentificationProfile, _ cleaning: ObjectCleaning) {
        dataSet.set(.patientIdentityRemoved, .CS, "YES")
        dataSet.set(
            .deidentificationMethod, .LO, version, "PS3.15 \(profile.edition) Annex E",
            String("Profile \(profile.name) \(profile.version)".prefix(64)))
        dataSet.set(
            .deidentificationMethodCodeSequence,
            items: cleaning.options(of: profile).map {
                CodedItem.item($0.rawValue, scheme: "DCM", meaning: $0.meaning)
            })
        dataSet.set(.longitudinalTemporalInformationModified, .CS, profile.dates.rawValue)
        if cleaning.verdict.isExamined { dataSet.set(.burnedInAnnotation, .CS, "NO") }
        dataSet.set(
            .contributingEquipmentSequence, items: dataSet.items(.contributingEquipmentSequence) + [equipment])
    }

    private static let equipment: DataSet = {
        var item = DataSet()
        item.set(.manufacturer, .LO, "imaging-gateway")
        item.set(.softwareVersions, .LO, version)
        item.set(
            .purposeOfReferenceCodeSequence,
            items: [CodedItem.item("109104", scheme: "DCM", meaning: "De-identifying Equipment")])
        return item
    }()
}
