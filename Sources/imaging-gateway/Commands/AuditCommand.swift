import ArgumentParser

/// `audit`: one subcommand per file `Audit…Command.swift`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verifies, shows, reports, exports, watches and keeps the audit log.",
        discussion: "For auditors, step by step: docs/comply/auditing.md.",
        subcommands: [
            AuditVerifyCommand.self, AuditShowCommand.self, AuditReportCommand.self, AuditExportCommand.self,
            AuditProveCommand.self, AuditWatchCommand.self, AuditArchiveCommand.self, AuditExpireCommand.self,
            AuditHoldCommand.self,
        ])
}
