internal import NIOCore

/// Stands next to the socket: a connection over the limits is closed before a byte of it is read, one within them is
/// put on the list and handed to the listener.
final class AdmissionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: ListenerConnection
    private let configuration: ListenerConfiguration
    private let state: ListenerState
    private let accepted: AsyncStream<ListenerConnection>.Continuation

    init(
        _ connection: ListenerConnection, configuration: ListenerConfiguration, state: ListenerState,
        accepted: AsyncStream<ListenerConnection>.Continuation
    ) {
        self.connection = connection
        self.configuration = configuration
        self.state = state
        self.accepted = accepted
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let address = channel.remoteIPAddress
        guard state.admit(channel, from: address, within: configuration) else {
            return context.close(promise: nil)
        }
        channel.closeFuture.whenComplete { [state] _ in state.release(channel, from: address) }
        accepted.yield(connection)
        context.fireChannelActive()
    }
}
