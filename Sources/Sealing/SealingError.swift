/// The one error of this module. It never carries key material, plain text or an identifier.
public struct SealingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stable codes; each has a page in the documentation of error codes.
    public enum Code: String, Sendable, CaseIterable {
        /// A secret has the wrong length.
        case keyLength = "sealing.keyLength"
        /// A key ring without a master key, or with two master keys of the same id.
        case masterKeys = "sealing.masterKeys"
        /// No signing key, or two of which the later does not begin later.
        case signingKeys = "sealing.signingKeys"
        /// The key file, or what an entry of it names, was exchanged and cannot be read: nothing is wrapped or signed
        /// with keys that may be out of it.
        case keysUnreadable = "sealing.keysUnreadable"
        /// A name or id is not in its required form.
        case identifier = "sealing.identifier"
        /// No master key of the named id is in the ring.
        case unknownMaster = "sealing.unknownMaster"
        /// The record was sealed with another data key.
        case wrongDataKey = "sealing.wrongDataKey"
        /// Too short, or an unknown format version.
        case malformed = "sealing.malformed"
        /// The tag does not fit: altered, moved to another place, cut short, or the wrong key.
        case notAuthentic = "sealing.notAuthentic"
        /// A stream ended before its last chunk.
        case truncated = "sealing.truncated"
        /// A stream was used after its end.
        case finished = "sealing.finished"
        /// The cipher refused to work; a fault of the program or the machine.
        case cipher = "sealing.cipher"
        /// Another program has the crosswalk open.
        case crosswalkBusy = "sealing.crosswalkBusy"
        /// The crosswalk cannot be opened, read or made.
        case crosswalkUnreadable = "sealing.crosswalkUnreadable"
        /// Pseudonyms could not be noted on the disk: nothing that holds them may leave.
        case crosswalkUnwritable = "sealing.crosswalkUnwritable"
    }

    /// What went wrong.
    public let code: Code
    /// Which part was concerned, in fixed words such as `master` or `chunk 3`.
    public let place: String

    /// Makes an error; `place` must be fixed words and numbers only.
    public init(_ code: Code, at place: String = "") {
        self.code = code
        self.place = place
    }

    /// The code and the place.
    public var description: String { place.isEmpty ? code.rawValue : "\(code.rawValue) at \(place)" }
}
