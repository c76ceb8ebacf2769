import ArgumentParser
import Audit
import Foundation
import Gateway
import Persistence
import Workflow

/// What every command takes that opens the log's records.
struct AuditAccessOptions: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions
    @Flag(
        name: .long,
        help: """
            Read a copy of the data folder that nobody can write to. This reading is then NOT in the audit log, and the \
            answer says so.
            """)
    var copy = false
    @OptionGroup var emergency: EmergencyOptions
    @OptionGroup var output: OutputOptions
}

/// An auditor's command at work: the opened log, and leave to read it. Whatever it reads is recorded before it is shown,
/// unless it reads a copy.
struct AuditSession {
    let configuration: Configuration
    let installation: Installation
    /// The folder that was asked about; `installation` may work on a private copy of it.
    let folder: DataFolder
    let principal: Principal
    /// Nil for a copy: nothing can be recorded there.
    let access: CommandAccess?

    /// The record of a look; none for a copy.
    func reading(
        _ command: String, about subjects: [Subject] = [],
        filters: [String] = []
    ) -> [AuditRecord] {
        guard let access else { return [] }
        var details: AuditDetails = [.command: .code(command)]
        if !filters.isEmpty { details.set(.filters, .codes(filters)) }
        return [access.trail.reading(.auditRead, role: .auditor, subjects: subjects, details: details)]
    }

    /// Refuses a patient of an assigner that the configuration does not name: nothing can be recorded about such a one,
    /// and an empty answer would look like a true one.
    func know(_ subject: Subject?) throws {
        guard let subject, subject.type == .patient,
            !configuration.assigners.contains(where: { $0.name == subject.assigner })
        else { return }
        throw CommandFailure(
            "audit.assignerUnknown",
            "the configuration names no assigner like the one given; a patient is 'assigner|identifier', with the "
                + "assigner's name under `assigners`",
            exit: ExitCodes.usage)
    }

    /// The record of an action on the log itself.
    func action(_ event: AuditEventType, about subjects: [Subject] = [], details: AuditDetails = [:]) throws
        -> AuditRecord
    {
        guard let access else { throw CommandFailure.copyReadOnly }
        return access.trail.reading(event, role: .auditor, subjects: subjects, details: details)
    }
}

/// Runs an auditor's command with leave: a refusal is recorded, an emergency announced and ended.
func withAuditor(_ given: AuditAccessOptions, _ body: (AuditSession) async throws -> Void) async throws {
    let emergency = try given.emergency.emergency()
    try await withGatewayErrors(json: given.output.json) {
        let configuration = try given.options.load()
        let isReadOnly = ReadOnlyCopy.isReadOnly(configuration.dataFolder)
        guard given.copy || isReadOnly || !ReadOnlyCopy.isOutOfReach(configuration.dataFolder) else {
            throw CommandFailure.noWriteRight
        }
        guard isReadOnly == given.copy else {
            throw isReadOnly ? CommandFailure.copyReadOnly : CommandFailure.notACopy
        }
        if given.copy {
            try await withCopy(configuration, isEmergency: emergency != nil, body)
        } else {
            let installation = try Installation(configuration)
            try await installation.withAccess(.auditor, configuration, emergency: emergency) { access in
                try await body(
                    AuditSession(
                        configuration: configuration, installation: installation, folder: configuration.dataFolder,
                        principal: access.principal, access: access))
            }
        }
    }
}

private func withCopy(
    _ configuration: Configuration, isEmergency: Bool, _ body: (AuditSession) async throws -> Void
) async throws {
    let principal = OperatorPrincipal.current
    guard !isEmergency, AccessPolicy(configuration.access).permits(.auditor, to: principal.name) else {
        throw CommandFailure(
            "access.refused", "this account is not among access.auditors; on a copy there is no emergency access",
            exit: ExitCodes.refused)
    }
    complain("reading a copy: this reading is NOT in the audit log")
    let copy = try ReadOnlyCopy(of: configuration.dataFolder)
    defer { copy.remove() }
    var working = configuration
    working.data = copy.folder.path
    try await body(
        AuditSession(
            configuration: configuration, installation: try Installation(working), folder: copy.folder,
            principal: principal, access: nil))
}

extension CommandFailure {
    fileprivate static let copyReadOnly = CommandFailure(
        "audit.copyReadOnly",
        "this data folder cannot be written, so the reading cannot be recorded; --copy reads it all the same, and says so",
        exit: ExitCodes.unusable)
    fileprivate static let noWriteRight = CommandFailure(
        "audit.noWriteRight",
        "this account may not write the data folder, so its reading cannot be recorded, and what is not recorded is not "
            + "shown: run the command as the gateway's account (sudo), or on a read-only copy with --copy",
        exit: ExitCodes.unusable)
    fileprivate static let notACopy = CommandFailure(
        "audit.notACopy",
        "--copy is for a copy that nobody can write to (chmod -R a-w); here the reading can be recorded, so it must be",
        exit: ExitCodes.unusable)
}
