/// Why no result could be made at all; an image that is only out of scope gives a `Refusal` instead.
public struct ClassifierError: Error, Sendable, Equatable {
    /// Stable codes.
    public enum Code: String, Sendable, Equatable {
        /// The model description is not what this version of the gateway reads.
        case modelDescriptionInvalid
        /// The weights file breaks the safetensors format or its bounds.
        case weightsMalformed
        /// The weights are well formed but do not fit the architecture or lack a needed entry.
        case weightsIncomplete
        /// The SHA-256 of the weights is not the pinned one.
        case weightsDigestMismatch
        /// The model was trained for another preprocessing version.
        case preprocessingVersionMismatch
        /// A file of the model cannot be read.
        case modelUnreadable
        /// The study holds no instance.
        case studyEmpty
        /// The pixel data could not be decoded, or contradicts the header.
        case pixelDataUndecodable
    }

    /// The stable code.
    public let code: Code
    /// Where: a tensor or metadata name; never patient data.
    public let place: String?

    init(_ code: Code, _ place: String? = nil) {
        self.code = code
        self.place = place
    }
}
