import Logging
import MLLP
import ServiceLifecycle
import Workflow

/// One MLLP listener joined to the intake of its source.
struct MLLPService: Service {
    let listener: MLLPListener

    init(
        section: MLLPSection, limits: LimitsSection, intake: OrderIntake, freeSpace: FreeSpace, signal: WorkSignal,
        metrics: Metrics, logger: Logger
    ) {
        listener = MLLPListener(
            configuration: ListenerConfiguration(section, limits: limits),
            onFrame: { frame in
                // A full disk must show at the sender: no answer, closed connection, nothing read any more.
                guard freeSpace.isEnough else {
                    metrics.count(.failures, label: "disk.full")
                    return .close
                }
                let (reply, outcome) = await intake.receive(frame.bytes)
                metrics.count(.messages, label: outcome)
                signal.notify()
                switch reply {
                case .reply(let bytes): return .reply(bytes)
                case .silent: return .none
                case .withhold: return .close
                }
            },
            onRefused: { refused in
                metrics.count(.refused, label: refused.reason.rawValue)
                guard freeSpace.isEnough else { return }
                do throws(AdapterError) {
                    try await intake.keep(junk: refused.bytes, reason: refused.reason.rawValue)
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
            maximumConnectionsPerAddress: limits.mllpConnectionsPerAddress, idleTimeout: limits.mllpIdle)
    }
}
