/// The three bytes of the Minimal Lower Layer Protocol, release 1 (HL7 v2 Implementation Guide, appendix C).
enum ControlByte {
    /// SB: opens a frame.
    static let startBlock: UInt8 = 0x0B
    /// EB: closes the content of a frame.
    static let endBlock: UInt8 = 0x1C
    /// CR: follows EB.
    static let carriageReturn: UInt8 = 0x0D
    /// LF: seen between the frames of some senders, never part of the protocol.
    static let lineFeed: UInt8 = 0x0A
}
