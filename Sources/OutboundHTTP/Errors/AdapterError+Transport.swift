internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Workflow

extension AdapterError {
    /// How long a TLS failure is left alone: someone has to mend a certificate.
    static let slowRetry = Duration.seconds(300)

    /// What `connect(2)` fails with when nobody is there.
    private static let connectFailures: Set<CInt> = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ETIMEDOUT]

    /// The error of an exchange that ended without an answer. Nothing of the error's own text is kept: it may hold the
    /// URL.
    init(transport error: any Error, peer: String) {
        switch error {
        case let error as AdapterError:
            self = error
        case is CancellationError:
            self.init(.interrupted, code: "\(peer).cancelled")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self.init(.unavailable, code: "\(peer).tls", retryAfter: Self.slowRetry)
        case HTTPParserError.invalidEOFState:
            self.init(.interrupted, code: "\(peer).connection")
        case is HTTPParserError:
            self.init(.incorrect, code: "\(peer).http.malformed")
        case is NIOConnectionError:
            self.init(.unavailable, code: "\(peer).connect")
        case let error as IOError where Self.connectFailures.contains(error.errnoCode):
            self.init(.unavailable, code: "\(peer).connect")
        case let error as ChannelError:
            self = Self.channel(error, peer)
        case let error as HTTPClientError:
            self = Self.client(error, peer)
        default:
            self.init(.interrupted, code: "\(peer).connection")
        }
    }

    private static func channel(_ error: ChannelError, _ peer: String) -> AdapterError {
        if case .connectTimeout = error { return AdapterError(.unavailable, code: "\(peer).connect.timeout") }
        return AdapterError(.interrupted, code: "\(peer).connection")
    }

    private static func client(_ error: HTTPClientError, _ peer: String) -> AdapterError {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            AdapterError(.unavailable, code: "\(peer).connect.timeout")
        case .tlsHandshakeTimeout:
            AdapterError(.unavailable, code: "\(peer).tls", retryAfter: slowRetry)
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            AdapterError(.interrupted, code: "\(peer).timeout")
        case .cancelled, .requestStreamCancelled:
            AdapterError(.interrupted, code: "\(peer).cancelled")
        case .alreadyShutdown:
            AdapterError(.fault, code: "\(peer).shutdown")
        default:
            AdapterError(.interrupted, code: "\(peer).connection")
        }
    }
}
