/// Sends messages to one receiver over a connection that stays open, one at a time and strictly in order.
///
/// The connection is made with the first message and made anew when it is lost; a loss is noticed at once. A message is
/// sent a second time only when nothing of it was sent the first time. The reply is the frame that the caller says it
/// is: a late or foreign frame is counted and dropped, and a reply that does not come in time closes the connection.
public final class MLLPClient: Sendable {
    private let configuration: SenderConfiguration
    private let queue = RequestQueue()
    private let counts = SenderCounts()

    /// A client that is not connected; ``run()`` does its work.
    public init(configuration: SenderConfiguration) {
        self.configuration = configuration
    }

    /// The counts at this moment.
    public var counters: SenderCounters { counts.value }

    /// Connects and sends what ``send(_:isReply:)`` was given, until it is cancelled; then the connection is closed and
    /// every message that waits fails. A second call at the same time returns at once.
    public func run() async {
        guard let signals = queue.start() else { return }
        var link = Link(configuration: configuration, counts: counts)
        for await _ in signals {
            while !Task.isCancelled, let request = queue.next() {
                if let unreachable = await link.deliver(request) { queue.failAll(unreachable) }
            }
        }
        queue.end()
        await link.close()
    }

    /// Sends one message after those that were given before it and returns its reply.
    ///
    /// Waits while nobody runs the client. `isReply` is called for each frame that comes while the message is in flight,
    /// on the connection's event loop: it must not block.
    ///
    /// - Throws: `notConnected`, `tls`, `tlsFile`, `unframeable` when nothing was sent; `noReply` and `malformedReply`
    ///   when the message may have arrived. A cancelled task ends at once, with `notConnected` before the message is
    ///   sent and with `noReply` after it, when the connection is closed.
    public func send(
        _ message: [UInt8], isReply: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(MLLPError) -> [UInt8] {
        try message.checkFrameable()
        let request = SendRequest(message, isReply: isReply)
        guard queue.append(request) else { throw MLLPError(code: .notConnected) }
        let result = await withTaskCancellationHandler {
            await request.result()
        } onCancel: {
            request.cancel()
        }
        return try result.get()
    }
}
