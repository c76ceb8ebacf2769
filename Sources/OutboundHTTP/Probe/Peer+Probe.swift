internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

extension Peer {
    /// Opens a connection as the client would, with the TLS that is configured, closes it, and tells how far it came.
    ///
    /// When the peer's certificate is not believed, its chain is looked at in a second handshake, which this side
    /// refuses whatever it holds, to tell why. Takes at most about three times `timeout`. `now` is in seconds since
    /// 1970.
    public func probe(timeout: Duration = .seconds(5), now: Int64) async -> ConnectionReport {
        let attempt = ConnectionAttempt(host: root.host, port: root.port, timeout: TimeAmount(timeout))
        guard root.isEncrypted, let tls else {
            let failure = await attempt.plain()
            return ConnectionReport(isEncrypted: false, failure: failure, certificateEnds: nil)
        }
        guard let context = try? NIOSSLContext(configuration: try tls.configuration()) else {
            return ConnectionReport(isEncrypted: true, failure: .tlsFile, certificateEnds: nil)
        }
        do {
            let ends = try await attempt.handshake(context)
            return ConnectionReport(isEncrypted: true, failure: nil, certificateEnds: ends)
        } catch {
            let failure = await attempt.explain(error, context, now: now)
            return ConnectionReport(isEncrypted: true, failure: failure, certificateEnds: nil)
        }
    }
}

/// One try to connect to one address.
private struct ConnectionAttempt {
    let host: String
    let port: Int
    let timeout: TimeAmount

    private var bootstrap: ClientBootstrap {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(timeout)
    }

    func plain() async -> ConnectionReport.Failure? {
        do {
            let channel = try await bootstrap.connect(host: host, port: port).get()
            try? await channel.close()
            return nil
        } catch {
            return Self.failure(ofConnecting: error) ?? .refused
        }
    }

    /// Until when the peer's certificate is valid. With `seen`, no certificate is believed and all are noted there.
    func handshake(_ context: NIOSSLContext, noting seen: SeenChain? = nil) async throws -> Int64? {
        let serverName = isAddress ? nil : host
        let done = try await bootstrap.connect(host: host, port: port) { [timeout] channel in
            channel.eventLoop.makeCompletedFuture {
                let tls =
                    if let seen {
                        try NIOSSLClientHandler(context: context, serverHostname: serverName) { chain, promise in
                            seen.note(chain)
                            promise.succeed(NIOSSLVerificationResult.failed)
                        }
                    } else {
                        try NIOSSLClientHandler(context: context, serverHostname: serverName)
                    }
                // Not before a name was refused: NIO ends a debug build that drops a promise.
                let promise = channel.eventLoop.makePromise(of: Int64?.self)
                try channel.pipeline.syncOperations.addHandlers(tls, HandshakeWatcher(promise: promise))
                let deadline = channel.eventLoop.scheduleTask(in: timeout) {
                    promise.fail(ChannelError.connectTimeout(timeout))
                    channel.close(promise: nil)
                }
                promise.futureResult.whenComplete { _ in deadline.cancel() }
                return promise.futureResult
            }
        }
        return try await done.get()
    }

    /// Why a connection with TLS failed.
    func explain(_ error: any Error, _ context: NIOSSLContext, now: Int64) async -> ConnectionReport.Failure {
        if let failure = Self.failure(ofConnecting: error) { return failure }
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname { return .otherName }
        let words = String(describing: error)
        if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") { return .notTLS }
        guard words.contains("CERTIFICATE_VERIFY_FAILED") else { return .handshakeRefused }
        let seen = SeenChain()
        _ = try? await handshake(context, noting: seen)
        let validity = seen.validity
        if validity.contains(where: { $0.upperBound < now }) { return .expired }
        if validity.contains(where: { $0.lowerBound > now }) { return .notYetValid }
        return .authority
    }

    private static func failure(ofConnecting error: any Error) -> ConnectionReport.Failure? {
        switch error {
        case let error as NIOConnectionError:
            guard error.connectionErrors.isEmpty else {
                let isLate = error.connectionErrors.contains { ($0.error as? ChannelError)?.isConnectTimeout ?? false }
                return isLate ? .timeout : .refused
            }
            return error.dnsAError != nil || error.dnsAAAAError != nil ? .name : .refused
        case let error as ChannelError where error.isConnectTimeout: return .timeout
        case is IOError: return .refused
        default: return nil
        }
    }

    private var isAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}

/// When the certificates of a chain are valid, in seconds since 1970.
private final class SeenChain: Sendable {
    private let noted = Mutex<[ClosedRange<Int64>]>([])

    var validity: [ClosedRange<Int64>] { noted.withLock(\.self) }

    func note(_ chain: [NIOSSLCertificate]) {
        let validity = chain.map { certificate in
            let start = Int64(certificate.notValidBefore)
            return start...max(start, Int64(certificate.notValidAfter))
        }
        noted.withLock { $0 = validity }
    }
}

extension ChannelError {
    fileprivate var isConnectTimeout: Bool {
        if case .connectTimeout = self { return true }
        return false
    }
}
