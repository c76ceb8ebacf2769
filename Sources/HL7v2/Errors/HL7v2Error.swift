/// What is wrong with a message, a path or a value; never with any of its content.
public struct HL7v2Error: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable names; each has its entry in the documentation.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case messageTooLong
        /// No MSH segment at the start.
        case headerUnreadable
        case delimitersInvalid
        /// A byte order mark, line feed or other deviation that the caller's tolerances do not admit.
        case toleranceRequired
        case tooManySegments
        case tooManyFields
        case tooManyRepetitions
        case segmentNameInvalid
        case characterSetUnsupported
        /// UTF-16 or UTF-32, which cannot be framed by MLLP.
        case characterSetUnframeable
        case requiredFieldMissing
        case processingIDUnsupported
        case versionUnsupported
        case fieldPathInvalid
        case dateTimeInvalid
    }

    /// What is wrong.
    public let code: Code
    /// Where in the message; nil where no place can be named.
    public let location: ErrorLocation?

    /// An error of this module, or of a caller that judges a message by its rules.
    public init(_ code: Code, at location: ErrorLocation? = nil) {
        self.code = code
        self.location = location
    }

    /// The row of table 0357 that tells the sender.
    public var condition: ErrorCondition {
        switch code {
        case .headerUnreadable, .delimitersInvalid, .segmentNameInvalid, .toleranceRequired: .segmentSequenceError
        case .messageTooLong, .fieldPathInvalid, .characterSetUnsupported, .characterSetUnframeable: .otherError
        case .tooManySegments, .tooManyFields, .tooManyRepetitions: .nonConformantCardinality
        case .requiredFieldMissing: .requiredFieldMissing
        case .processingIDUnsupported: .unsupportedProcessingID
        case .versionUnsupported: .unsupportedVersionID
        case .dateTimeInvalid: .dataTypeError
        }
    }

    /// Whether the message is rejected (AR, CR) rather than found in error (AE, CE): HL7 v2.5.1 §2.9.2.2.
    public var isRejection: Bool {
        switch code {
        case .headerUnreadable, .delimitersInvalid, .characterSetUnframeable, .processingIDUnsupported,
            .versionUnsupported:
            true
        case .messageTooLong, .toleranceRequired, .tooManySegments, .tooManyFields, .tooManyRepetitions,
            .segmentNameInvalid, .characterSetUnsupported, .requiredFieldMissing, .fieldPathInvalid,
            .dateTimeInvalid:
            false
        }
    }

    /// What the sender's staff read in ERR-8: constant words, nothing of the message.
    public var userText: String? {
        switch code {
        case .headerUnreadable: "No readable MSH segment"
        case .delimitersInvalid: "Encoding characters not readable"
        case .segmentNameInvalid: "Segment name not readable"
        case .toleranceRequired: "Line feed or byte order mark not accepted from this sender"
        case .messageTooLong: "Message too long"
        case .tooManySegments: "Too many segments"
        case .tooManyFields: "Too many fields"
        case .tooManyRepetitions: "Too many repetitions"
        case .characterSetUnsupported: "Character set not supported"
        case .characterSetUnframeable: "UTF-16 and UTF-32 not supported over MLLP"
        case .requiredFieldMissing, .processingIDUnsupported, .versionUnsupported, .fieldPathInvalid,
            .dateTimeInvalid:
            nil
        }
    }

    /// Code and place, nothing of the content.
    public var description: String {
        "HL7v2Error.\(code.rawValue)" + (location.map { " at \($0)" } ?? "")
    }
}
