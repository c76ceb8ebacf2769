/// The one error of this module.
public struct MerkleLogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// Not 32 bytes, or no hexadecimal digits.
        case hash = "merkle.hash"
        /// A stored frontier whose length does not fit its size.
        case frontier = "merkle.frontier"
        /// An index or a size outside the tree.
        case range = "merkle.range"
        /// A proof that does not lead to the root.
        case proof = "merkle.proof"
        /// Not a signed note (C2SP signed-note).
        case note = "merkle.note"
        /// A note whose text is no checkpoint (C2SP tlog-checkpoint).
        case checkpoint = "merkle.checkpoint"
        /// A key that is malformed or has a name that a note cannot carry.
        case key = "merkle.key"
        /// No signature of this key, or a wrong one.
        case signature = "merkle.signature"
        /// A note that is no key handover, or handovers that make no single chain from the given key.
        case handover = "merkle.handover"
        /// A request to a witness that breaks a rule of C2SP tlog-witness.
        case request = "merkle.request"
    }

    /// What went wrong.
    public let code: Code
    /// Where, in fixed words and numbers.
    public let place: String

    /// Makes an error.
    public init(_ code: Code, at place: String = "") {
        self.code = code
        self.place = place
    }

    /// The code and the place.
    public var description: String { place.isEmpty ? code.rawValue : "\(code.rawValue) at \(place)" }
}
