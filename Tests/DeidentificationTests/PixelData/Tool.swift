import Foundation
import Testing

/// Programs that none of us wrote.
struct Tool: Sendable {
    let path: String

    static let opj = Tool(path: "/usr/bin/opj_compress")
    static let opjDecompress = Tool(path: "/usr/bin/opj_decompress")
    static let openssl = Tool(path: "/usr/bin/openssl")
    static let gdcmconv = Tool(path: "/usr/bin/gdcmconv")
    static let dcmdump = Tool(path: "/usr/bin/dcmdump")
    static let dciodvfy = Tool(path: "/usr/bin/dciodvfy")

    var isPresent: Bool {
        let present = FileManager.default.isExecutableFile(atPath: path)
        if !present { print("SKIPPED: no \(path)") }
        return present
    }

    /// Runs a program and answers its exit status; what it prints is thrown away.
    static func run(_ tool: Tool, _ arguments: [String]) throws -> Int32 { try output(tool, arguments).status }

    /// The same with what it printed on both channels.
    static func output(_ tool: Tool, _ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool.path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let printed = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: printed, as: UTF8.self))
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("h2-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
    func path(_ name: String) -> String { url(name).path }
}
