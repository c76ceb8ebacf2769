/// A field of `ImagingOrder` that a mapping file fills, by its name there.
public enum OrderField: String, Sendable, Hashable, CaseIterable {
    case accessionNumber, fillerOrderNumber, placerOrderNumber
    case patientIdentifier, patientName, birthDate, sex
    case orderControl, orderStatus, procedureCode, modality, bodyPart, studyInstanceUID
    case scheduledTime, transactionTime, requestedProcedureID, priority

    /// How the value at a place is read.
    enum Kind: Sendable, Hashable {
        /// An identifier with its assigner (EI, CX).
        case identifier
        /// A value of several components that is read as a whole (XPN, CWE).
        case whole
        /// A time (DTM, TS).
        case time
        /// One component.
        case text
    }

    var kind: Kind {
        switch self {
        case .accessionNumber, .fillerOrderNumber, .placerOrderNumber, .patientIdentifier: .identifier
        case .patientName, .procedureCode: .whole
        case .birthDate, .scheduledTime, .transactionTime: .time
        case .sex, .orderControl, .orderStatus, .modality, .bodyPart, .studyInstanceUID, .requestedProcedureID,
            .priority:
            .text
        }
    }

    /// Where the field stands in a table of all fields.
    var ordinal: Int {
        switch self {
        case .accessionNumber: 0
        case .fillerOrderNumber: 1
        case .placerOrderNumber: 2
        case .patientIdentifier: 3
        case .patientName: 4
        case .birthDate: 5
        case .sex: 6
        case .orderControl: 7
        case .orderStatus: 8
        case .procedureCode: 9
        case .modality: 10
        case .bodyPart: 11
        case .studyInstanceUID: 12
        case .scheduledTime: 13
        case .transactionTime: 14
        case .requestedProcedureID: 15
        case .priority: 16
        }
    }
}
