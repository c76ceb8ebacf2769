public import DICOM
public import Sealing

/// Leads an object back by the crosswalk that its pseudonyms were noted in: UIDs, patient identifier and issuer. Names
/// and other particulars are not in a crosswalk; they come from the archive, under the UIDs found here.
public enum CrosswalkReversal {
    /// The data set with its original identifiers; shifted dates (0028,0303) move back.
    /// - Throws: `notReversible` where the crosswalk does not know the patient's or the instance's pseudonym.
    public static func restore(_ dataSet: DataSet, by crosswalk: Crosswalk) throws(DeidentificationError) -> DataSet {
        guard let pseudonym = dataSet.string(.patientID), let patient = crosswalk.patient(pseudonym) else {
            throw DeidentificationError(.notReversible, tag: .patientID)
        }
        guard let instance = dataSet.string(.sopInstanceUID), crosswalk.originalUID(instance) != nil else {
            throw DeidentificationError(.notReversible, tag: .sopInstanceUID)
        }
        let wasShifted = dataSet.string(.longitudinalTemporalInformationModified) == "MODIFIED"
        var result = walk(dataSet, crosswalk, days: wasShifted ? -patient.dayShift : 0, depth: 0)
        Reidentified.mark(&result)
        result.set(.patientID, .LO, patient.patientID)
        if !patient.issuer.isEmpty { result.set(.issuerOfPatientID, .LO, patient.issuer) }
        return result
    }

    private static func walk(_ dataSet: DataSet, _ crosswalk: Crosswalk, days: Int, depth: Int) -> DataSet {
        DataSet(
            dataSet.map { element in
                switch element.value {
                case .sequence(let items) where depth < 64:
                    let walked = items.map { walk($0, crosswalk, days: days, depth: depth + 1) }
                    return DataElement(element.tag, element.vr, .sequence(walked))
                case .text(let values) where element.vr == .UI:
                    let originals = values.map { crosswalk.originalUID($0) ?? $0 }
                    return DataElement(element.tag, .UI, .text(originals))
                case .text(let values) where days != 0 && (element.vr == .DA || element.vr == .DT):
                    return DataElement(element.tag, element.vr, .text(values.map { moved($0, by: days) }))
                default: return element
                }
            })
    }

    /// A date, or a date and time, moved by days; a dummy and what is no date stay.
    private static func moved(_ value: String, by days: Int) -> String {
        let day = String(value.prefix(8))
        guard day != Dummy.date, let original = CalendarDate(day)?.adding(days: days) else { return value }
        return original.text + value.dropFirst(8)
    }
}
