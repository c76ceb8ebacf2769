public import HL7v2

/// Why a message or resource was not de-identified. Nothing of it leaves then. It names a place at most, never what
/// stands there.
public struct MessageDeidentificationError: Error, Hashable, Sendable {
    /// The reason; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The rules that ship with the program, or a site's own, cannot be read.
        case rulesInvalid
        /// The bytes are no HL7 v2 message, or MLLP frames that were cut.
        case messageUnreadable
        /// The bytes are no JSON, or no resource.
        case resourceUnreadable
        /// A resource that the table of elements does not have.
        case resourceTypeUnsupported
        /// An element says that it changes the meaning of others (modifierExtension, implicitRules): it may not be left
        /// out unseen.
        case modifierUnsupported
        /// Dates are to be moved by patient, and the bytes are about several or none.
        case patientAmbiguous
        /// An identifier of the original, or a date, was found in the result.
        case identifierRemains
    }

    /// The reason.
    public let code: Code
    /// Where: an HL7 v2 field, a frame, a FHIR path, or key path and line of a file of rules.
    public let place: String?
    /// What the reader of HL7 v2 says, where it is the reason.
    public let hl7: HL7v2Error.Code?

    /// An error at a place, as far as it is known.
    public init(_ code: Code, at place: String? = nil, hl7: HL7v2Error.Code? = nil) {
        self.code = code
        self.place = place
        self.hl7 = hl7
    }
}
