/// Several messages in one file or frame (HL7 v2.5.1 §2.10.3): `[FHS] { [BHS] { MSH … } [BTS] } [FTS]`.
///
/// The messages stay as received and are parsed by their reader, each by itself: one that cannot be read does not touch
/// the others. Messages without any header around them are taken as one batch.
public struct Batch: Sendable {
    /// The whole as received.
    public let bytes: [UInt8]
    /// FHS; nil where there is none.
    public let fileHeader: BatchHeader?
    /// The batches in order.
    public let groups: [Group]
    /// What does not match: a trailer that is missing (the file may have been cut off) or that counts otherwise. The
    /// messages are there all the same; the caller decides.
    public let objections: [HL7v2Error]

    /// One batch: BHS and its messages.
    public struct Group: Sendable {
        /// BHS; nil where there is none.
        public let header: BatchHeader?
        /// Where the messages lie in `bytes`, line ends included.
        public let messages: [Range<Int>]
    }

    /// Whether `bytes` begin with FHS or BHS, after blank space or a byte order mark.
    public static func isBatch(_ bytes: [UInt8]) -> Bool {
        let start = MessageHeader.start(of: bytes)
        return bytes[start...].starts(with: "FHS".utf8) || bytes[start...].starts(with: "BHS".utf8)
    }

    /// - Parameters:
    ///   - bytes: One file or frame, which the caller has bounded.
    ///   - limits: `messages` bounds the whole; the rest is for each message's own reader.
    /// - Throws: `headerUnreadable` where neither FHS, BHS nor MSH comes first, `batchStructureInvalid` for headers and
    ///   trailers that do not enclose each other or anything but messages between them, `delimitersInvalid`,
    ///   `tooManyMessages`.
    public init(parsing bytes: [UInt8], limits: MessageLimits = .default) throws(HL7v2Error) {
        var reader = BatchReader(bytes, limits)
        try reader.read()
        self.bytes = bytes
        fileHeader = reader.fileHeader
        groups = reader.groups
        objections = reader.objections
    }

    /// Each message as received, over all groups.
    public var messages: [[UInt8]] { groups.flatMap { $0.messages.map { Array(bytes[$0]) } } }
}

extension Batch: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
