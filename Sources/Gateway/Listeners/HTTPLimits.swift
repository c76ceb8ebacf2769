import Hummingbird
import HummingbirdCore
import MLLP
import NIOCore
import NIOSSL
import Workflow

/// What one HTTP connection may cost, whoever is at its other end.
enum HTTPLimits {
    /// The most connections of one listener; further ones wait in the backlog.
    static let connections = 256
    /// A connection on which no head or piece of a body came for this long is closed; so is a head that drips.
    static let idle = TimeAmount.seconds(10)
    /// A request that takes longer, however it drips, loses its connection.
    static let request = TimeAmount.seconds(60)
    /// All header fields together.
    static let headerBytes = 32 << 10

    static var channel: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: idle,
            httpDecoderConfiguration: .init(maxHeaderFieldSize: headerBytes, maxHeaderListSize: headerBytes))
    }

    static func application(_ endpoint: EndpointSection) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: .hostname(endpoint.host, port: endpoint.port), serverName: "imaging-gateway",
            availableConnectionsDelegate: MaximumAvailableConnections(connections))
    }
}

/// The context of a request with the connection it came on.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    var peerAddress: String { channel.remoteAddress?.ipAddress ?? "unknown" }

    /// Who is at the other end. `hasToken` tells that the request's secret was checked.
    func sender(hasToken: Bool) async -> MessageSenderIdentity {
        let certificate = try? await channel.nioSSL_peerCertificate().get()
        let der = try? certificate?.toDERBytes()
        return MessageSenderIdentity(
            address: peerAddress, certificate: der.flatMap { PeerCertificate(der: $0) }, hasToken: hasToken)
    }
}

/// Closes a connection whose request is not done in time. After a refusal the rest of the body may still be on its way:
/// then the deadline stands, for nobody has to read it.
struct RequestDeadline: RouterMiddleware {
    typealias Context = ConnectionContext

    @concurrent func handle(
        _ request: Request, context: ConnectionContext,
        next: @concurrent (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        let channel = context.channel
        let deadline = channel.eventLoop.scheduleTask(in: HTTPLimits.request) { channel.close(promise: nil) }
        let response = try await next(request, context)
        if response.status.kind == .successful { deadline.cancel() }
        return response
    }
}
