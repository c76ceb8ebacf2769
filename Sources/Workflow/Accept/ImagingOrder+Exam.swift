import Mapping

extension ImagingOrder {
    /// Whether both messages name the same patient and the same exam: what makes a repeated NW a repetition.
    func isSameExam(as other: ImagingOrder) -> Bool {
        samePatient(as: other)
            && OrderKey.Kind.allCases.allSatisfy { agree(identity.identifier($0), other.identity.identifier($0)) }
            && (studyInstanceUID == nil || other.studyInstanceUID == nil || studyInstanceUID == other.studyInstanceUID)
    }

    /// Fewer identifiers than before are no change of the patient as long as those that are there agree.
    private func samePatient(as other: ImagingOrder) -> Bool {
        patient.contains { mine in other.patient.contains { $0.isSame(as: mine) } }
            && patient.allSatisfy { mine in
                other.patient.filter { $0.assigner == mine.assigner && $0.typeCode == mine.typeCode }
                    .allSatisfy { $0.isSame(as: mine) }
            }
    }

    private func agree(_ one: AssignedIdentifier?, _ other: AssignedIdentifier?) -> Bool {
        guard let one, let other else { return true }
        return one.isSame(as: other)
    }
}
