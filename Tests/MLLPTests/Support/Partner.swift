import Foundation

/// Real software of others that tests run against, found through PATH or the venv that IMAGING_GATEWAY_VENV names.
enum Partner {
    static func path(ofEnvironmentProgram name: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            [environment["IMAGING_GATEWAY_VENV"].map { $0 + "/bin" }].compactMap { $0 }
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
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
}
