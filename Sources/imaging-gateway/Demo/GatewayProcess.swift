import Foundation
import Synchronization

/// `imaging-gateway serve` as a process of its own, started as an operator starts it.
///
/// Its log goes to a file. It ends itself when its parent is gone, so that nothing is left running.
final class GatewayProcess: Sendable {
    private let configuration: String
    private let log: String
    private let child = Mutex<Process?>(nil)

    init(configuration: String, log: String) {
        self.configuration = configuration
        self.log = log
    }

    /// This very program.
    static var program: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    }

    /// Starts it; `health` is asked until it says ready, for at most a minute.
    func start(health: () async -> HealthProbe.Answer) async throws {
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try output.seekToEnd()
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["serve", "--config", configuration, "--end-with-parent", "\(getpid())"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        child.withLock { $0 = process }
        let deadline = ContinuousClock.now + .seconds(60)
        while case .notReady(let words) = await health() {
            let isHopeless = words?.contains("disk.full") ?? false
            guard process.isRunning, !isHopeless, ContinuousClock.now < deadline else {
                throw DemoFailure.gatewayDidNotStart(log: DemoFolder.shown(log), lastAnswer: words)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// SIGTERM, and waits for the orderly end; its exit code.
    @discardableResult
    func stop() -> Int32 {
        end { $0.terminate() }
    }

    /// SIGKILL: what a power failure looks like to the store.
    func kill() {
        end { _ = Glibc.kill($0.processIdentifier, SIGKILL) }
    }

    @discardableResult
    private func end(_ signal: (Process) -> Void) -> Int32 {
        guard let process = child.withLock({ $0 }), process.isRunning else { return 0 }
        signal(process)
        let deadline = ContinuousClock.now + .seconds(20)
        while process.isRunning, ContinuousClock.now < deadline { usleep(20_000) }
        // It had its time to end in order.
        if process.isRunning { _ = Glibc.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        child.withLock { $0 = nil }
        return process.terminationStatus
    }
}
