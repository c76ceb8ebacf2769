/// The content of one frame, byte for byte as it came between SB and EB.
public struct Frame: Sendable, Equatable {
    /// How the frame ended.
    public enum Ending: Sendable, Equatable {
        /// EB CR, as the protocol demands.
        case complete
        /// EB alone: the next frame, silence or the end of the connection stood in for the CR.
        case withoutCarriageReturn
    }

    /// The message or batch. May be empty.
    public let bytes: [UInt8]
    /// How the frame ended.
    public let ending: Ending

    /// A frame as decoded.
    public init(bytes: [UInt8], ending: Ending = .complete) {
        self.bytes = bytes
        self.ending = ending
    }
}

extension Frame: CustomStringConvertible, CustomReflectable {
    /// The size only: the content is a message about a patient.
    public var description: String { "Frame(\(bytes.count) bytes, <redacted>)" }
    /// No children: nothing of the content reaches a dump.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
