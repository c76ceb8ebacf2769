import Foundation
import Logging
import MerkleLog
import NIOCore
import ServiceLifecycle
import UnixSignals
import Workflow

/// The running witness.
public struct WitnessApplication: Sendable {
    private let configuration: WitnessConfiguration
    private let logger: Logger

    public init(_ configuration: WitnessConfiguration) {
        self.configuration = configuration
        var logger = Logger(label: "imaging-gateway-witness") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT. Throws `ConfigurationError` or `AdapterError` when it cannot start.
    public func run() async throws {
        let key = try WitnessKeyFile.load(path: configuration.key, name: configuration.name)
        let lock = try lock()
        defer { close(lock) }
        let desk = WitnessDesk(
            key: key, logs: configuration.logs, state: try WitnessState.load(path: configuration.state),
            path: configuration.state, clock: SystemClock(), logger: logger)
        let listener = WitnessListener(
            endpoint: configuration.endpoint, tls: try configuration.tls.map { try ReloadableTLS($0) }, desk: desk,
            logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: listener.application())], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        logger.notice(
            "witness started", metadata: ["key": "\(key.verifier.text)", "logs": "\(configuration.logs.count)"])
        do {
            try await group.run()
        } catch is IOError {
            throw AdapterError(.unavailable, code: "listener.address")
        }
        logger.notice("witness stopped")
    }

    /// Two processes on one state could cosign two histories.
    private func lock() throws(AdapterError) -> Int32 {
        let descriptor = unsafe open("\(configuration.state).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AdapterError(.unavailable, code: "audit.fileWrite") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw AdapterError(.conflict, code: "witness.served")
        }
        return descriptor
    }
}
