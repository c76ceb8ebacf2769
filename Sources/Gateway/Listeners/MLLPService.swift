import Logging
import MLLP
import ServiceLifecycle
import Workflow

/// One MLLP listener joined to the intake of its source.
struct MLLPService: Service {
    /// The listener's place in the configuration.
    let name: String
    let listener: MLLPListener

    /// - Parameter intake: Made anew for each message: the mapping may have been read again.
    init(
        name: String, section: MLLPSection, limits: LimitsSection, intake: @escaping @Sendable () -> OrderIntake,
        freeSpace: FreeSpace, signal: WorkSignal, refusals: RefusalLog, metrics: Metrics, logger: Logger
    ) {
        self.name = name
        listener = MLLPListener(
            configuration: ListenerConfiguration(section, limits: limits),
            onFrame: { frame in
                // A full disk must show at the sender: no answer and a closed connection, or AR where that is agreed.
                guard freeSpace.isEnough else {
                    metrics.count(.failures, label: "disk.full")
                    return FrameReply(intake().declined(frame.bytes))
                }
                let (reply, outcome) = await intake().receive(
                    frame.bytes, from: MessageSenderIdentity(frame.connection))
                metrics.count(.messages, label: outcome)
                if OrderIntake.leavesWork(outcome) { signal.notify() }
                return FrameReply(reply)
            },
            onRefused: { refused in
                metrics.count(.refused, label: refused.reason.rawValue)
                let address = refused.connection?.remoteAddress ?? "unknown"
                let code = "mllp.\(refused.reason.rawValue)"
                // Without bytes there is nothing to keep; and of one address the intake keeps only so much.
                guard refused.count > 0, freeSpace.isEnough else {
                    return await refusals.note(
                        AccessRefusal(listener: name, address: address, code: code, reason: refused.detail))
                }
                do throws(AdapterError) {
                    try await intake().keep(
                        junk: refused.bytes, reason: refused.reason.rawValue,
                        from: refused.connection.map { MessageSenderIdentity($0) })
                } catch {
                    metrics.count(.failures, label: error.code)
                    logger.error("refused bytes were not kept", metadata: ["code": "\(error.code)"])
                }
            })
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await listener.run()
        } onGracefulShutdown: {
            listener.stop()
        }
    }
}

extension FrameReply {
    init(_ reply: IntakeReply) {
        self =
            switch reply {
            case .reply(let bytes): .reply(bytes)
            case .silent: .none
            // A negative commit where the peer speaks release 2; else silence and a closed connection.
            case .withhold: .commit(isStored: false, then: nil)
            }
    }
}

extension ListenerConfiguration {
    init(_ section: MLLPSection, limits: LimitsSection) {
        self.init(
            host: section.endpoint.host, port: section.endpoint.port,
            tls: section.tls.map {
                ListenerTLS(
                    certificateChainFile: $0.certificate, privateKeyFile: $0.key, clientAuthoritiesFile: $0.clientCA)
            },
            limits: FrameLimits(maximumFrame: limits.mllpFrameBytes),
            maximumConnections: limits.mllpConnections,
            maximumConnectionsPerAddress: limits.mllpConnectionsPerAddress, idleTimeout: limits.mllpIdle,
            release2: section.release2)
    }
}
