internal import DICOM

/// What an object that was led back to its patient says of itself (PS3.15 §E.1.2).
enum Reidentified {
    /// Patient Identity Removed NO; what `Markers` wrote is gone.
    static func mark(_ dataSet: inout DataSet) {
        dataSet.set(.patientIdentityRemoved, .CS, "NO")
        for tag in [
            Tag.deidentificationMethod, .deidentificationMethodCodeSequence, .longitudinalTemporalInformationModified,
        ] { dataSet[tag] = nil }
        let equipment = dataSet.items(.contributingEquipmentSequence).filter { !isDeidentifier($0) }
        if dataSet[.contributingEquipmentSequence] != nil {
            dataSet.set(.contributingEquipmentSequence, items: equipment)
            if equipment.isEmpty { dataSet[.contributingEquipmentSequence] = nil }
        }
    }

    private static func isDeidentifier(_ item: DataSet) -> Bool {
        item.items(.purposeOfReferenceCodeSequence).contains {
            $0.string(.codeValue) == "109104" && $0.string(.codingSchemeDesignator) == "DCM"
        }
    }
}
