/// The one error of this module; it never carries content of a record.
public struct AuditError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// A leaf that is not of the form of design §5.
        case leafMalformed = "audit.leafMalformed"
        /// A body that is no record, or of an unknown version.
        case bodyMalformed = "audit.bodyMalformed"
        /// A body that is not the one to which its leaf commits.
        case bodyMismatch = "audit.bodyMismatch"
        /// The source of randomness gave too few bytes.
        case randomness = "audit.randomness"
        /// A bundle that cannot be written so: order, proofs, checkpoint or key do not fit.
        case bundle = "audit.bundle"
    }

    /// What went wrong.
    public let code: Code
    /// Which element, by its fixed name.
    public let place: String

    /// Makes an error.
    public init(_ code: Code, at place: String = "") {
        self.code = code
        self.place = place
    }

    /// The code and the place.
    public var description: String { place.isEmpty ? code.rawValue : "\(code.rawValue) at \(place)" }
}
