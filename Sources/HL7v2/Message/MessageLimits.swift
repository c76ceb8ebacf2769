/// Bounds on what a peer may send.
public struct MessageLimits: Sendable, Hashable {
    /// Bytes of one message.
    public var bytes: Int
    /// Segments of one message.
    public var segments: Int
    /// Fields of one segment.
    public var fields: Int
    /// Repetitions of one field.
    public var repetitions: Int
    /// Messages of one batch file.
    public var messages: Int

    /// By default 16 MiB, 5000 segments, 500 fields, 1000 repetitions, 10,000 messages.
    public init(
        bytes: Int = 16 * 1024 * 1024, segments: Int = 5000, fields: Int = 500, repetitions: Int = 1000,
        messages: Int = 10_000
    ) {
        self.bytes = bytes
        self.segments = segments
        self.fields = fields
        self.repetitions = repetitions
        self.messages = messages
    }

    /// 16 MiB, 5000 segments, 500 fields, 1000 repetitions, 10,000 messages.
    public static let `default` = MessageLimits()
}
