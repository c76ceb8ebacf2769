internal import HL7v2

extension MessageSubjects {
    /// Of one message: PID-3, MRG-1, and the study of ZDS-1 or IPC-3.
    init(_ draft: MessageDraft) {
        for segment in draft.segments {
            switch segment.name {
            case "PID": patients.formUnion(Self.patients(segment[3]))
            case "MRG": patients.formUnion(Self.patients(segment[1]))
            case "ZDS": studies.formUnion(Self.uid(segment[1]))
            case "IPC": studies.formUnion(Self.uid(segment[3]))
            default: break
            }
        }
    }

    private static func patients(_ field: FieldDraft) -> [Patient] {
        field.repetitions.compactMap { repetition in
            guard let id = repetition.component(1), !id.isEmpty else { return nil }
            return Patient(
                identifier: id, namespace: repetition.component(4, 1), universalID: repetition.component(4, 2))
        }
    }

    private static func uid(_ field: FieldDraft) -> [String] {
        [field.repetitions.first?.component(1)].compactMap(\.self).filter(FieldForm.isUID)
    }
}
