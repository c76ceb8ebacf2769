/// Why no result could be made at all; an image that is only out of scope gives a `Refusal` instead.
public struct ClassifierError: Error, Sendable, Equatable {
    /// Stable codes.
    public enum Code: String, Sendable, Equatable, CaseIterable {
        /// A file of the model cannot be read, or is too large.
        case modelUnreadable
        /// The model description is not what this version of the gateway reads.
        case modelDescriptionInvalid
        /// The weights are of a format that this version of the gateway does not read.
        case modelFormatUnknown
        /// The weights file breaks the safetensors format or its bounds.
        case weightsMalformed
        /// A value of the weights is infinite or not a number.
        case weightsNotFinite
        /// The weights are well formed but do not fit the architecture or lack a needed entry.
        case weightsIncomplete
        /// The SHA-256 of the weights is not the pinned one.
        case weightsDigestMismatch
        /// The architecture is not a list of operations that fit together, or is larger than allowed.
        case architectureInvalid
        /// The architecture names an operation that this version of the gateway does not have.
        case operationUnknown
        /// A header rule of the model is not one that this version of the gateway knows, or a needed one is missing.
        case headerRulesInvalid
        /// The model was trained for another preprocessing version.
        case preprocessingVersionMismatch
        /// The folder has no model card, or its description pins none.
        case cardMissing
        /// The SHA-256 of the model card is not the pinned one.
        case cardDigestMismatch
        /// The model card is not a JSON object.
        case cardInvalid
        /// The folder has no licence.
        case licenceMissing
        /// The model does not give the results that its own self-test says.
        case selfTestFailed
        /// The study holds no instance.
        case studyEmpty
        /// The pixel data could not be decoded, or contradicts the header.
        case pixelDataUndecodable
        /// The task was cancelled before an image could be scored.
        case interrupted
    }

    /// The stable code.
    public let code: Code
    /// Where: a file, a tensor, an entry; never patient data.
    public let place: String?

    init(_ code: Code, _ place: String? = nil) {
        self.code = code
        self.place = place
    }
}
