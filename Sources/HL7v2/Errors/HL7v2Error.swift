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
        /// A line that begins with no segment name; the place is the segment before it.
        case segmentNameInvalid
        case characterSetUnsupported
        /// UTF-16 or UTF-32, which cannot be framed by MLLP.
        case characterSetUnframeable
        case requiredFieldMissing
        case processingIDUnsupported
        case versionUnsupported
        case fieldPathInvalid
        /// No well-formed XML in UTF-8 (v2.xml), or nested deeper than libxml2 allows.
        case xmlMalformed
        /// A document type declaration or a processing instruction.
        case xmlDeclaration
        /// The root is not in the namespace `urn:hl7-org:v2xml`.
        case xmlNamespaceUnknown
        /// An element or text where v2.xml has none.
        case xmlContentUnexpected
        case xmlTooManyElements
        case dateTimeInvalid
        /// Text to be written that the target's character set does not have, or that its delimiters cannot escape.
        case textInexpressible
        /// A draft whose parts are nested deeper than sub-components, or that needs a delimiter which it lacks.
        case draftInvalid
        /// A path to be replaced whose segment the message does not have.
        case segmentMissing
        /// FHS, BHS, BTS and FTS that do not enclose each other, something between them that is no message, or a second MSH
        /// where one message is expected.
        case batchStructureInvalid
        /// BTS-1 or FTS-1 is not the number of messages or batches that came.
        case batchCountWrong
        case tooManyMessages
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
        case .headerUnreadable, .delimitersInvalid, .segmentNameInvalid, .toleranceRequired, .segmentMissing,
            .batchStructureInvalid, .xmlMalformed, .xmlDeclaration, .xmlNamespaceUnknown, .xmlContentUnexpected:
            .segmentSequenceError
        case .messageTooLong, .fieldPathInvalid, .characterSetUnsupported, .characterSetUnframeable,
            .textInexpressible, .draftInvalid:
            .otherError
        case .tooManySegments, .tooManyFields, .tooManyRepetitions, .batchCountWrong, .tooManyMessages,
            .xmlTooManyElements:
            .nonConformantCardinality
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
            .versionUnsupported, .xmlMalformed, .xmlDeclaration, .xmlNamespaceUnknown:
            true
        case .messageTooLong, .toleranceRequired, .tooManySegments, .tooManyFields, .tooManyRepetitions,
            .segmentNameInvalid, .characterSetUnsupported, .requiredFieldMissing, .fieldPathInvalid,
            .dateTimeInvalid, .textInexpressible, .draftInvalid, .segmentMissing, .batchStructureInvalid,
            .batchCountWrong, .tooManyMessages, .xmlContentUnexpected, .xmlTooManyElements:
            false
        }
    }

    /// What the sender's staff read in ERR-8: constant words, nothing of the message.
    public var userText: String? {
        switch code {
        case .headerUnreadable: "No readable MSH segment"
        case .delimitersInvalid: "Encoding characters not readable"
        case .segmentNameInvalid: "The segment after this one has no readable name"
        case .toleranceRequired: "Line feed or byte order mark not accepted from this sender"
        case .messageTooLong: "Message too long"
        case .tooManySegments: "Too many segments"
        case .tooManyFields: "Too many fields"
        case .tooManyRepetitions: "Too many repetitions"
        case .characterSetUnsupported: "Character set not supported"
        case .xmlMalformed: "No well-formed XML in UTF-8"
        case .xmlDeclaration: "XML with a document type declaration or processing instruction"
        case .xmlNamespaceUnknown: "XML not in the namespace urn:hl7-org:v2xml"
        case .xmlContentUnexpected: "XML element or text not of v2.xml"
        case .xmlTooManyElements: "Too many XML elements"
        case .characterSetUnframeable: "UTF-16 and UTF-32 not supported over MLLP"
        case .batchStructureInvalid: "Several messages without BHS, or FHS, BHS, BTS and FTS that do not match"
        case .batchCountWrong: "Count of messages or batches does not match"
        case .tooManyMessages: "Too many messages in one batch"
        case .requiredFieldMissing, .processingIDUnsupported, .versionUnsupported, .fieldPathInvalid,
            .dateTimeInvalid, .textInexpressible, .draftInvalid, .segmentMissing:
            nil
        }
    }

    /// Code and place, nothing of the content.
    public var description: String {
        "HL7v2Error.\(code.rawValue)" + (location.map { " at \($0)" } ?? "")
    }
}
