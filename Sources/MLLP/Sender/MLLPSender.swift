/// Sends messages, each on a connection of its own, and returns the reply to each.
///
/// One connection a message costs a little time and leaves no question to which message a reply belongs.
public struct MLLPSender: Sendable {
    private let configuration: SenderConfiguration

    /// A sender to one receiver.
    public init(configuration: SenderConfiguration) {
        self.configuration = configuration
    }

    /// Sends one message and waits for one frame, whose content is returned.
    ///
    /// - Throws: `notConnected`, `tls`, `tlsFile`, `unframeable` when nothing was sent; `noReply` and `malformedReply`
    ///   when the message may have arrived. A cancelled task ends with `notConnected` or `tls` before the message is
    ///   sent, with `noReply` after it.
    public func send(_ message: [UInt8]) async throws(MLLPError) -> [UInt8] {
        try message.checkFrameable()
        let connection = try await SenderConnection.open(configuration, counters: SenderCounts())
        let reply: Result<[UInt8], MLLPError>
        do throws(MLLPError) {
            reply = .success(try await connection.exchange(message) { _ in true })
        } catch {
            reply = .failure(error)
        }
        await connection.close()
        return try reply.get()
    }
}

extension [UInt8] {
    /// - Throws: `unframeable` when a byte of the protocol stands in the message.
    func checkFrameable() throws(MLLPError) {
        guard !contains(where: { $0 == ControlByte.startBlock || $0 == ControlByte.endBlock }) else {
            throw MLLPError(code: .unframeable)
        }
    }
}
