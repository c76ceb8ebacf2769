public import DICOM
public import Sealing

/// Leads an object back by the crosswalk that its pseudonyms were noted in: UIDs, patient identifier and issuer. Names
/// and other particulars are not in a crosswalk; they come from the archive, under the UIDs found here.
public enum CrosswalkReversal {
    /// The data set with its original identifiers; shifted dates (0028,0303) move back.
    ///
    /// A year or a month alone does not stand in what is written today. Where an earlier program moved one, how far that
    /// led nobody can tell from the result: such a value stays as it is, and the data set goes on saying MODIFIED.
    /// - Throws: `notReversible` where the crosswalk does not know the patient's or the instance's pseudonym.
    public static func restore(_ dataSet: DataSet, by crosswalk: Crosswalk) throws(DeidentificationError) -> DataSet {
        guard let pseudonym = dataSet.string(.patientID), let patient = crosswalk.patient(pseudonym) else {
            throw DeidentificationError(.notReversible, tag: .patientID)
        }
        guard let instance = dataSet.string(.sopInstanceUID), original(instance, crosswalk) != nil else {
            throw DeidentificationError(.notReversible, tag: .sopInstanceUID)
        }
        let wasShifted = dataSet.string(.longitudinalTemporalInformationModified) == "MODIFIED"
        var walk = Walk(crosswalk: crosswalk, days: wasShifted ? -patient.dayShift : 0)
        var result = walk.restored(dataSet, depth: 0)
        Reidentified.mark(&result)
        if walk.leavesMoved { result.set(.longitudinalTemporalInformationModified, .CS, "MODIFIED") }
        result.set(.patientID, .LO, patient.patientID)
        if !patient.issuer.isEmpty { result.set(.issuerOfPatientID, .LO, patient.issuer) }
        return result
    }

    /// The UID for which a pseudonym stands. A list that serves several sets of rules notes the rules before it, and a
    /// `|` between them.
    private static func original(_ pseudonym: String, _ crosswalk: Crosswalk) -> String? {
        guard let noted = crosswalk.originalUID(pseudonym) else { return nil }
        guard let bar = noted.lastIndex(of: "|") else { return noted }
        return UID(String(noted[noted.index(after: bar)...]))?.value
    }

    private struct Walk {
        let crosswalk: Crosswalk
        /// 0 where dates were not moved.
        let days: Int
        /// Whether a date stayed where the shift had put it.
        private(set) var leavesMoved = false

        init(crosswalk: Crosswalk, days: Int) {
            self.crosswalk = crosswalk
            self.days = days
        }

        mutating func restored(_ dataSet: DataSet, depth: Int) -> DataSet {
            var elements: [DataElement] = []
            for element in dataSet { elements.append(restored(element, depth: depth)) }
            return DataSet(elements)
        }

        private mutating func restored(_ element: DataElement, depth: Int) -> DataElement {
            switch element.value {
            case .sequence(let items) where depth < 64:
                var walked: [DataSet] = []
                for item in items { walked.append(restored(item, depth: depth + 1)) }
                return DataElement(element.tag, element.vr, .sequence(walked))
            case .text(let values) where element.vr == .UI:
                let originals = values.map { CrosswalkReversal.original($0, crosswalk) ?? $0 }
                return DataElement(element.tag, .UI, .text(originals))
            case .text(let values) where days != 0 && (element.vr == .DA || element.vr == .DT):
                var moved: [String] = []
                for value in values { moved.append(restored(value)) }
                return DataElement(element.tag, element.vr, .text(moved))
            default: return element
            }
        }

        /// A date, or a date and time, moved back; a dummy and what is no day stay.
        private mutating func restored(_ value: String) -> String {
            let day = String(value.prefix(8))
            guard !value.isEmpty, day != Dummy.date else { return value }
            guard let original = CalendarDate(day)?.adding(days: days) else {
                leavesMoved = true
                return value
            }
            return original.text + value.dropFirst(8)
        }
    }
}
