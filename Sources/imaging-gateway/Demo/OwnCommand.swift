import Foundation

/// A command of this very program, run as a person would type it.
struct OwnCommand {
    let arguments: [String]

    struct Result {
        let status: Int32
        let output: String
    }

    /// As it would be typed, in lines of some hundred characters.
    var lines: [String] {
        var lines = ["$ imaging-gateway"]
        for word in arguments.map({ Self.quoted(DemoFolder.shown($0)) }) {
            let last = lines.count - 1
            if word.hasPrefix("--"), lines[last].count + word.count > 70 {
                lines[last] += " \\"
                lines.append("      \(word)")
            } else {
                lines[last] += " \(word)"
            }
        }
        return lines
    }

    static func quoted(_ word: String) -> String {
        word.contains(where: { " '\"$|;&()<>*?\\".contains($0) }) ? "'\(word)'" : word
    }

    /// Runs it to its end; what it writes to both streams.
    func run() throws -> Result {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = GatewayProcess.program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
