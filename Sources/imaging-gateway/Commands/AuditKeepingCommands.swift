import ArgumentParser
import Audit
import FHIR
import Foundation
import Gateway
import JSON
import Persistence
import Workflow

/// `audit archive`.
struct AuditArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Moves old records to files of their own; the log stays whole.",
        discussion: """
            Moves the beginning of the log, up to the first record of the day, to segment files. Verifying, questions and \
            exports read them there: keep the folder where the configuration's machine finds it, and back it up. \
            Recorded in the log.

            Example:
              imaging-gateway audit archive --before 2025-01-01 --to /srv/audit-archive
            """)

    @OptionGroup var given: AuditAccessOptions
    @Option(name: .long, help: ArgumentHelp("Records from before this day or moment.", valueName: "moment"))
    var before: String
    @Option(
        name: .long, help: ArgumentHelp("The folder; it must be there.", valueName: "folder"), completion: .directory)
    var to: String

    func run() async throws {
        let limit = Timestamp(try AuditMoment.instant(before, .current, isEnd: false))
        try await withAuditor(given) { session in
            guard InputFiles.isFolder(to) else {
                throw CommandFailure("audit.folderMissing", "--to is no folder", exit: ExitCodes.unusable)
            }
            let record = try session.action(.segmentArchived, details: [.notBefore: .moment(limit)])
            let segments = try await session.installation.store.archive(
                before: limit, to: URL(fileURLWithPath: to).path, record: record)
            let count = segments.reduce(0) { $0 + $1.indexes.count }
            if given.output.json {
                show([
                    "ok": true, "records": .number(JSONNumber(count)),
                    "segments": .array(
                        segments.map {
                            [
                                "file": .string($0.name), "first": .number(JSONNumber(Int($0.indexes.lowerBound))),
                                "count": .number(JSONNumber($0.indexes.count)), "sha256": .string($0.digest),
                            ]
                        }),
                ])
            } else {
                for segment in segments { print("\(segment.name)  sha256 \(segment.digest)") }
                print("\(count) records moved to \(segments.count) files")
            }
        }
    }
}

/// `audit expire`.
struct AuditExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Destroys the contents of records that were kept long enough.",
        discussion: """
            The leaves stay, so the log verifies as before: it still shows that something happened, when and by whom, but \
            no longer of whom it told. What a legal hold covers is kept. By default everything older than \
            audit.retention of the configuration (six years). This cannot be undone; it asks for --yes. Recorded in the \
            log.

            Example:
              imaging-gateway audit expire --yes
            """)

    @OptionGroup var given: AuditAccessOptions
    @Option(
        name: .long,
        help: ArgumentHelp("Instead of the configured time: before this day or moment.", valueName: "moment"))
    var before: String?
    @Flag(name: .long, help: "Really.")
    var yes = false

    func run() async throws {
        guard yes else { throw ValidationError("contents cannot be brought back: say --yes") }
        let given = self.given
        let limit = try before.map { Timestamp(try AuditMoment.instant($0, .current, isEnd: false)) }
        try await withAuditor(given) { session in
            let retention = session.configuration.audit.retention
            let kept = SystemClock().now() + (.zero - retention)
            let end = limit ?? kept
            guard end <= kept else {
                throw CommandFailure(
                    "audit.retention", "audit.retention of the configuration keeps records longer than that",
                    exit: ExitCodes.found)
            }
            let record = try session.action(.bodiesExpired)
            let count = try await session.installation.store.expireBodies(before: end, record: record)
            try await session.installation.store.registerDestroyedKeys(in: session.configuration.checkpointFolders)
            let until = FHIRInstant(microsecondsSinceEpoch: end.microseconds).text
            given.output.json
                ? show(["ok": true, "expired": .number(JSONNumber(Int(clamping: count))), "before": .string(until)])
                : print("contents of \(count) records from before \(until) destroyed")
        }
    }
}
