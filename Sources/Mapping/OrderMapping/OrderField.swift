/// A field of `ImagingOrder` that a mapping file fills, by its name there.
public enum OrderField: String, Sendable, Hashable, CaseIterable {
    case accessionNumber, fillerOrderNumber, placerOrderNumber
    case patientIdentifier, patientName, birthDate, sex
    case orderControl, orderStatus, procedureCode, modality, bodyPart, studyInstanceUID
    case scheduledTime, transactionTime, requestedProcedureID, priority

    /// Whether the field is read as a whole, with all its components, so that codes cannot be mapped.
    var isComposite: Bool {
        switch self {
        case .accessionNumber, .fillerOrderNumber, .placerOrderNumber, .patientIdentifier, .patientName, .procedureCode:
            true
        case .birthDate, .sex, .orderControl, .orderStatus, .modality, .bodyPart, .studyInstanceUID, .scheduledTime,
            .transactionTime, .requestedProcedureID, .priority:
            false
        }
    }
}
