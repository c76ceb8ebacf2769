import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// TLS of an HTTP listener whose files can be read again while it serves: new connections use the new files, and files
/// that cannot be used change nothing.
final class ReloadableTLS: Sendable {
    private let section: ServerTLSSection
    private let context: Mutex<NIOSSLContext>

    /// Reads the files. Throws `ConfigurationError` when they cannot be used.
    init(_ section: ServerTLSSection) throws(ConfigurationError) {
        self.section = section
        context = Mutex(try Self.context(section))
    }

    var current: NIOSSLContext { context.withLock { $0 } }

    /// Reads the files again.
    func reload() throws(ConfigurationError) {
        let fresh = try Self.context(section)
        context.withLock { $0 = fresh }
    }

    func reloadable(at place: String) -> Reloadable {
        Reloadable(name: place) { () async throws(ConfigurationError) in
            try self.reload()
            return [LoadedFile.certificate(self.section.certificate, at: place)].compactMap(\.self)
        }
    }

    private static func context(_ section: ServerTLSSection) throws(ConfigurationError) -> NIOSSLContext {
        let configuration = try TLSConfiguration.server(section)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "listeners", "the certificate, its key or the client CA cannot be used")
        }
    }
}

/// HTTP behind ``ReloadableTLS``; hears of handshakes that fail.
struct ReloadableTLSChannel<Base: HTTPChannelHandler>: HTTPChannelHandler {
    typealias Value = Base.Value

    let base: Base
    let tls: ReloadableTLS
    let onFailure: @Sendable (_ address: String) -> Void

    var responder: HTTPChannelHandler.Responder { base.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
                NIOSSLServerHandler(context: tls.current), HandshakeFailureHandler(onFailure: onFailure),
            ])
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// Tells of a connection that did not get through its TLS handshake.
private final class HandshakeFailureHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let onFailure: @Sendable (String) -> Void

    init(onFailure: @escaping @Sendable (String) -> Void) {
        self.onFailure = onFailure
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshakeFailed? = error as? NIOSSLError {
            onFailure(context.channel.remoteAddress?.ipAddress ?? "unknown")
        }
        context.fireErrorCaught(error)
    }
}
