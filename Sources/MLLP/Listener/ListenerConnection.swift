internal import NIOCore

/// An accepted connection as the task that serves it sees it. Dropping it does nothing: the channel stands in the list
/// of the ``ListenerState`` until it is closed.
struct ListenerConnection: Sendable {
    let channel: any Channel
    /// One event at a time: the next comes after the reply to the last. Ends with the connection.
    let events: AsyncStream<ReceivedEvent>
}

/// What a connection hands to the gateway, each answered by exactly one ``FrameReply``.
enum ReceivedEvent: Sendable {
    case frame(ReceivedFrame)
    case refused(RefusedBytes)
}
