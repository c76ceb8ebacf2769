import ArgumentParser
import Audit
import DICOM
import Gateway
import Workflow

/// `--config` for commands that work on files, with or without an installation whose audit log tells of it.
struct LogOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The installation whose audit log tells what is done here.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @OptionGroup var emergency: EmergencyOptions

    /// The folder of mappings of that installation; nil without one.
    func mappings() throws -> String? { try config.map { try Configuration.load(path: $0).mappings } }

    /// Runs a command's work with the log of the installation, or tells that no log knows of it.
    func withLog(_ body: (CommandLog) async throws -> Void) async throws {
        guard let config else {
            guard try emergency.emergency() == nil else { throw ValidationError("--break-glass needs --config") }
            complain("no --config: this stands in no audit log")
            return try await body(CommandLog(access: nil, configuration: nil))
        }
        let configuration = try Configuration.load(path: config)
        let installation = try Installation(configuration)
        try await installation.withAccess(.operator, configuration, emergency: try emergency.emergency()) { access in
            try await body(CommandLog(access: access, configuration: configuration))
        }
    }
}

/// The audit log that a command on files writes to, if it works for an installation.
struct CommandLog {
    fileprivate let access: CommandAccess?
    let configuration: Configuration?

    /// Announces a run over files; nothing is read before.
    func announce(_ event: AuditEventType, _ command: String, files: Int) async throws(AdapterError) {
        guard let access else { return }
        try await access.record([
            access.trail.reading(
                event, role: .operator, subjects: [],
                details: [.command: .code(command), .step: .code("begun"), .count: .count(files)])
        ])
    }

    /// Tells what was done to one file, before anything of it is written or shown.
    ///
    /// - Parameters:
    ///   - header: the file's own data set, which names patient and study; nil where it could not be read.
    ///   - further: what else it is about, such as a pseudonymous study.
    ///   - code: why it was left out, if it was.
    func note(
        _ event: AuditEventType, _ command: String, of header: DataSet?,
        alsoAbout further: [Subject] = [],
        code: String? = nil, details: AuditDetails = [:]
    ) async throws(AdapterError) {
        guard let access else { return }
        var record = access.trail.reading(
            event, role: .operator,
            subjects: (header.flatMap { configuration?.subjects(of: $0) } ?? []) + further,
            details: details.merging([.command: .code(command)]))
        if let code { (record.outcome, record.code) = (.minorFailure, code) }
        try await access.record([record])
    }
}
