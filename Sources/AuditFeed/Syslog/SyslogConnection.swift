internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import OutboundHTTP
internal import Workflow

/// One connection to a receiver, for one delivery.
struct SyslogConnection {
    let name: String
    let settings: SyslogSettings

    /// Connects, writes the frames, ends the stream and waits for the receiver to end its own.
    ///
    /// - Throws: `unavailable` where nothing was sent, `interrupted` where it is not known what was read.
    func deliver(_ frames: [UInt8]) async throws(AdapterError) {
        let (channel, handler, decided) = try await connect()
        do {
            try await withTaskCancellationHandler {
                let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(settings.deliveryTimeout)) {
                    handler.value.fail(.timeout)
                }
                defer { deadline.cancel() }
                channel.writeAndFlush(ByteBuffer(bytes: frames)).whenComplete { _ in
                    handler.value.beginClosing()
                    channel.close(mode: .output, promise: nil)
                }
                try await decided.get()
            } onCancel: {
                channel.eventLoop.execute { handler.value.fail(.ended) }
            }
        } catch {
            await close(channel)
            throw self.error(error)
        }
        await close(channel)
    }

    private func close(_ channel: any Channel) async {
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }

    private typealias Connected = (any Channel, NIOLoopBound<DeliveryHandler>, EventLoopFuture<Void>)

    private func connect() async throws(AdapterError) -> Connected {
        let tls: NIOSSLContext?
        do { tls = try settings.tls.map { try NIOSSLContext(configuration: $0.clientConfiguration()) } } catch {
            throw AdapterError(.fault, code: "\(name).tlsFile")
        }
        do {
            return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(TimeAmount(settings.connectTimeout))
                // The receiver's end must not close our side before it is looked at.
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connect(host: settings.host, port: settings.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try prepare(channel, tls) }
                }
        } catch ChannelError.connectTimeout {
            throw AdapterError(.unavailable, code: "\(name).connect.timeout")
        } catch {
            throw AdapterError(.unavailable, code: "\(name).connect")
        }
    }

    private func prepare(_ channel: any Channel, _ tls: NIOSSLContext?) throws -> Connected {
        // An address is no server name; NIOSSL then compares it with the certificate's addresses.
        let isAddress = (try? SocketAddress(ipAddress: settings.host, port: 0)) != nil
        let client = try tls.map {
            try NIOSSLClientHandler(context: $0, serverHostname: isAddress ? nil : settings.host)
        }
        let decided = channel.eventLoop.makePromise(of: Void.self)
        let delivery = DeliveryHandler(decided: decided, isEncrypted: client != nil)
        do {
            try channel.pipeline.syncOperations.addHandler(delivery)
            if let client { try channel.pipeline.syncOperations.addHandler(client) }
            try channel.pipeline.syncOperations.addHandler(TLSFailureHandler(delivery: delivery))
        } catch {
            delivery.fail(.ended)
            throw error
        }
        return (channel, NIOLoopBound(delivery, eventLoop: channel.eventLoop), decided.futureResult)
    }

    private func error(_ error: any Error) -> AdapterError {
        switch error as? DeliveryProof.Failure {
        case .tls: AdapterError(.unavailable, code: "\(name).tls", retryAfter: .seconds(300))
        case .timeout: AdapterError(.interrupted, code: "\(name).timeout")
        case .reset, .ended, nil: AdapterError(.interrupted, code: "\(name).connection")
        }
    }
}

extension ClientTLS {
    /// TLS 1.2 at least (BCP 195), the receiver's name verified.
    fileprivate func clientConfiguration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        if case .authorities(let file) = trust {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        }
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificateChainFile).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.privateKeyFile, format: .pem))
        }
        return configuration
    }
}
