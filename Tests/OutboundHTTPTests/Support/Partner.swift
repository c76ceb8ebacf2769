import Foundation

/// Real software of others that tests run against, found through PATH or the venv that IMAGING_GATEWAY_VENV names.
enum Partner {
    static func path(ofEnvironmentProgram name: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            [environment["IMAGING_GATEWAY_VENV"].map { $0 + "/bin" }].compactMap { $0 }
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func skipped(_ partner: String, _ remedy: String) {
        print("SKIPPED: partner \(partner) is not here; \(remedy)")
    }

    /// Runs a program to its end and returns what it wrote, errors included.
    static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        for await _ in ended {}
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    /// Runs a server in a folder of its own for the time of `body`; ends that process and no other.
    static func serve(
        _ program: String, _ arguments: [String], files: [String: String], until isReady: () async -> Bool,
        body: (URL) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "partner-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in files { try Data(content.utf8).write(to: folder.appending(path: name)) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let outcome: Result<Void, any Error>
        do {
            try await waitUntil(process, isReady)
            try await body(folder)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        // Not SIGTERM: a child inherits the signal mask of the thread it was made on, and that thread's blocks SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try outcome.get()
    }

    struct NotReady: Error {}

    /// Polls, for another program gives no other sign.
    private static func waitUntil(_ process: Process, _ isReady: () async -> Bool) async throws {
        for _ in 0..<300 {
            if await isReady() { return }
            guard process.isRunning else { throw NotReady() }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw NotReady()
    }
}
