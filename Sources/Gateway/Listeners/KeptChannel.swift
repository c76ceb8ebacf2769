internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Connections of a Hummingbird server that may be dropped.
///
/// Hummingbird hands each accepted connection to the task that accepts. When that task is cancelled, one that arrives at
/// the same moment is dropped, and NIO ends the process when a `NIOAsyncChannel` is dropped while it is open. So each is
/// kept here until its channel is closed, and its channel is closed when the server drops it.
struct KeptChannel<Base: ServerChildChannel>: ServerChildChannel {
    final class Value: ServerChildChannelValue {
        let base: Base.Value

        init(_ base: Base.Value) { self.base = base }

        var channel: any Channel { base.channel }

        deinit { base.channel.close(promise: nil) }
    }

    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).map { value in
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
            return Value(value)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value.base, logger: logger)
        withExtendedLifetime(value) {}
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 over connections that may be dropped.
    static func keptHTTP1(configuration: HTTP1Channel.Configuration) -> HTTPServerBuilder {
        HTTPServerBuilder { KeptChannel(base: HTTP1Channel(responder: $0, configuration: configuration)) }
    }
}
