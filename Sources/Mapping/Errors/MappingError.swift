public import HL7v2

/// What is wrong with a mapping file, a configured assigner or a message's structure; never with patient data.
public struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable names; each has its entry in the documentation.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        // Files of `mappings/`
        case yamlInvalid
        case fileTooLarge
        case unknownKey
        case missingKey
        case invalidValue
        case unknownCodeMap
        case fileMissing
        case assignerUnknown
        // Configuration
        case assignerAmbiguous
        case timeZoneUnknown
        // Messages
        case orderGroupMissing
        case tooManyOrders
        case patientMissing
        case priorIdentifierMissing
        case tooManyPatients
        // Resources
        case studyInstanceUIDInvalid
        // Stored orders
        case storedOrderInvalid
    }

    /// What is wrong.
    public let code: Code
    /// The file, by its path below `mappings`.
    public let file: String?
    /// Where in the file or configuration, such as `order.modality[1].codes`.
    public let keyPath: String?
    /// The line of the file, from 1.
    public let line: Int?
    /// Where in the message.
    public let location: ErrorLocation?

    /// An error with as much of its place as is known.
    public init(
        _ code: Code, file: String? = nil, keyPath: String? = nil, line: Int? = nil, at location: ErrorLocation? = nil
    ) {
        self.code = code
        self.file = file
        self.keyPath = keyPath
        self.line = line
        self.location = location
    }

    /// Code and places, nothing of the content.
    public var description: String {
        var text = "MappingError.\(code.rawValue)"
        if let file { text += " in \(file)" }
        if let keyPath { text += " at \(keyPath)" }
        if let line { text += ", line \(line)" }
        return text + (location.map { " at \($0)" } ?? "")
    }
}

extension AcknowledgmentError {
    /// What the sender of a message is told.
    public init(_ error: MappingError) {
        switch error.code {
        case .orderGroupMissing:
            self.init(.segmentSequenceError, at: error.location, userText: "No order in the message")
        case .tooManyOrders:
            self.init(.nonConformantCardinality, at: error.location, userText: "Too many orders in one message")
        case .patientMissing:
            self.init(.requiredFieldMissing, at: error.location, userText: "No patient identifier in the message")
        case .priorIdentifierMissing:
            self.init(.requiredFieldMissing, at: error.location, userText: "No identifier to merge from")
        case .tooManyPatients:
            self.init(.nonConformantCardinality, at: error.location, userText: "Too many patients in one message")
        case .yamlInvalid, .fileTooLarge, .unknownKey, .missingKey, .invalidValue, .unknownCodeMap,
            .fileMissing, .assignerUnknown,
            .assignerAmbiguous, .timeZoneUnknown, .studyInstanceUIDInvalid, .storedOrderInvalid:
            self.init(.applicationInternalError)
        }
    }
}
