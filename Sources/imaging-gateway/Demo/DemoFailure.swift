/// Why a demonstration did not come to its end; `docs/operate/demo.md` says what to do.
enum DemoFailure: Error {
    case gatewayDidNotStart(log: String, lastAnswer: String?)
    case folderInUse(String)
    case folderBusy(String)
    case folderNotWritable(String)
    case certificatesMissing(String)
    case noFreePort
    case timedOut(String)
    case commandFailed(String)
    /// Something went wrong in the pretend hospital.
    case hospital(String)
    /// The operating system refused something, such as one more open file.
    case system(String)
    case notOpen

    /// For the command line.
    var failure: CommandFailure {
        let (code, message) = words
        return CommandFailure(code, message, exit: ExitCodes.unusable)
    }

    private var words: (code: String, message: String) {
        switch self {
        case .gatewayDidNotStart(let log, let answer):
            (
                "demo.gatewayDidNotStart",
                "the gateway did not become ready\(answer.map { ", it says: \($0)" } ?? ""); its log is \(log)"
            )
        case .folderInUse(let folder):
            (
                "demo.folderInUse",
                "\(folder) is not a folder of an earlier demonstration and is left alone; choose another --out"
            )
        case .folderBusy(let folder):
            ("demo.folderBusy", "another demonstration uses \(folder); wait for its end, or choose another --out")
        case .folderNotWritable(let folder):
            ("demo.folderNotWritable", "\(folder) cannot be written to; choose another --out")
        case .certificatesMissing(let folder):
            ("demo.certificatesMissing", "no usable certificates in \(folder); run `make certs`")
        case .noFreePort: ("demo.noFreePort", "no free port on loopback")
        case .timedOut(let what): ("demo.timedOut", "\(what) took longer than a minute")
        case .commandFailed(let command): ("demo.commandFailed", "`imaging-gateway \(command)` failed; it says why")
        case .hospital(let words): ("demo.hospital", "the pretend hospital failed: \(words)")
        case .system(let words): ("demo.system", "this machine refused something: \(words)")
        case .notOpen:
            ("sandbox.notOpen", "the pretend hospital cannot open: a port is taken, or a certificate cannot be read")
        }
    }
}
