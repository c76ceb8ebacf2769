import MLLP
import ServiceLifecycle

/// Keeps the connection to one receiver while the gateway serves.
struct MLLPClientService: Service {
    let client: MLLPClient

    func run() async throws {
        await cancelWhenGracefulShutdown { await client.run() }
    }
}

extension SenderConfiguration {
    /// The receiver of a section that the configuration's check has passed.
    init(_ section: MLLPPeerSection, limits: LimitsSection) {
        self.init(
            host: section.endpoint.host, port: section.endpoint.port,
            tls: section.tls.flatMap { tls in
                tls.ca.map {
                    SenderTLS(
                        authoritiesFile: $0, certificateChainFile: tls.certificate, privateKeyFile: tls.key)
                }
            },
            limits: FrameLimits(maximumFrame: limits.mllpFrameBytes))
    }
}
