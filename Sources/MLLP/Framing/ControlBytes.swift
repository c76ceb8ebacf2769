/// The bytes of the Minimal Lower Layer Protocol, releases 1 and 2 (HL7 v2 Implementation Guide, appendix C; HL7
/// Transport Specification: MLLP, release 2).
enum ControlByte {
    /// SB: opens a frame.
    static let startBlock: UInt8 = 0x0B
    /// EB: closes the content of a frame.
    static let endBlock: UInt8 = 0x1C
    /// CR: follows EB.
    static let carriageReturn: UInt8 = 0x0D
    /// LF: seen between the frames of some senders, never part of the protocol.
    static let lineFeed: UInt8 = 0x0A
    /// ACK: alone in a frame of release 2, the content that came before it is committed to storage.
    static let acknowledge: UInt8 = 0x06
    /// NAK: alone in a frame of release 2, the content that came before it was not committed.
    static let negativeAcknowledge: UInt8 = 0x15
}

extension [UInt8] {
    /// The commit acknowledgement in this content of a frame: true for ACK, false for NAK, nil for anything else.
    var commitAcknowledgement: Bool? {
        switch (count, first) {
        case (1, ControlByte.acknowledge): true
        case (1, ControlByte.negativeAcknowledge): false
        default: nil
        }
    }
}
