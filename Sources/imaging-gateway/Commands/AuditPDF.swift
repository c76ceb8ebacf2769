import Foundation

/// Turns a page into PDF by the program `weasyprint`. The page goes in and out through unnamed private files: nothing of
/// it stands in arguments or in a place that others can read.
enum AuditPDF {
    /// Where the program is.
    static func program() throws -> URL {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        for folder in folders where folder.hasPrefix("/") {
            let path = "\(folder)/weasyprint"
            if FileManager.default.isExecutableFile(atPath: path) { return URL(fileURLWithPath: path) }
        }
        throw CommandFailure(
            "audit.pdfUnavailable",
            "--pdf needs the program weasyprint (Debian: apt install weasyprint; or: pipx install weasyprint); --html"
                + " needs nothing, and a browser prints it",
            exit: ExitCodes.unusable)
    }

    /// The page as PDF.
    static func render(_ page: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = try program()
        process.arguments = ["--quiet", "--encoding", "utf-8", "-", "-"]
        process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
        process.standardInput = try unnamedFile(with: Data(page.utf8))
        let output = try unnamedFile(with: Data())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            process.waitUntilExit()
            try output.seek(toOffset: 0)
            let pdf = Array(try output.readToEnd() ?? Data())
            if process.terminationStatus == 0, pdf.starts(with: Array("%PDF-".utf8)) { return pdf }
        } catch {}
        throw CommandFailure(
            "audit.pdfFailed", "weasyprint made no PDF; --html needs nothing, and a browser prints it",
            exit: ExitCodes.unusable)
    }

    /// A file that only we can read and that has no name any more.
    private static func unnamedFile(with data: Data) throws -> FileHandle {
        let folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/imaging-gateway-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else {
            throw CommandFailure("audit.pdfFailed", "no temporary file can be made", exit: ExitCodes.unusable)
        }
        _ = unsafe unlink(template)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: data)
        try file.seek(toOffset: 0)
        return file
    }
}
