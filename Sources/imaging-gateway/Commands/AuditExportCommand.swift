import ArgumentParser
import Audit
import FHIR
import Gateway
import JSON
import MerkleLog
import Persistence
import Workflow

/// `audit export`.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes records with their proofs to a signed file for another machine.",
        discussion: """
            The file holds the records asked for (identified data!), their proofs, a fresh signed checkpoint and the \
            public keys. On another machine `audit-verifier FILE --key KEY` or docs/comply/verify_bundle.py check it; \
            neither needs anything of this installation. With --all-leaves every other leaf is in it too (they name \
            nobody), so that the root can be computed anew and records that were left out show.

            The export is recorded first. The file is readable for its owner only and never overwritten; keep \
            identifiers out of its name.

            Examples:
              imaging-gateway audit export --patient-file patient.txt --out case-17.igaudit
              imaging-gateway audit export --from 2026-11-01 --until 2026-11-30 --all-leaves --out november.igaudit
            """)

    @OptionGroup var given: AuditAccessOptions
    @OptionGroup var selection: AuditSelectionOptions
    @Option(
        name: .long, help: ArgumentHelp("The new file.", valueName: "file"),
        completion: .file(extensions: ["igaudit"]))
    var out: String
    @Flag(name: .long, help: "Every other leaf too, without its contents.")
    var allLeaves = false
    @Flag(
        name: .long,
        help: "Under the newest checkpoint that a witness cosigned; records that are newer are left out, and told.")
    var cosigned = false

    func run() async throws {
        let query = try selection.query()
        try await withAuditor(given) { session in
            for subject in try selection.query().subjects { try session.know(subject) }
            var filters = selection.filters
            if allLeaves { filters.append("all-leaves") }
            let record = try session.action(
                .auditExport, about: query.subjects,
                details: [.command: .code("audit.export"), .filters: .codes(filters)])
            try await session.installation.store.record([record])
            let (checkpoint, note) = try await checkpoint(session)
            let file = try NewPrivateFile(out)
            do {
                let bundle = AuditBundleExport(
                    session: session, query: query, note: note, size: checkpoint.size, allLeaves: allLeaves,
                    isWhole: selection.isWhole, words: words(query))
                let count = try await bundle.write(to: file)
                try file.close()
                told(count, checkpoint)
            } catch {
                file.remove()
                throw (error as? AuditError).map { CommandFailure.export($0.code.rawValue) } ?? error
            }
        }
    }

    /// A fresh one over everything up to now, or the newest with a cosignature.
    private func checkpoint(_ session: AuditSession) async throws -> (Checkpoint, SignedNote) {
        let folders = session.configuration.checkpointFolders
        let fresh = try await fresh(session, folders)
        guard cosigned else { return fresh }
        let found = folders.flatMap { $0.held() }.compactMap { held -> (Checkpoint, SignedNote)? in
            guard let note = try? SignedNote(parsing: held.note), note.signatures.count > 1,
                let checkpoint = try? Checkpoint(text: note.text), checkpoint.origin == fresh.checkpoint.origin
            else { return nil }
            return (checkpoint, note)
        }
        guard let newest = found.max(by: { $0.0.size < $1.0.size }) else {
            throw CommandFailure(
                "audit.notCosigned", "no checkpoint in the configured folders has a witness's cosignature",
                exit: ExitCodes.found)
        }
        return newest
    }

    /// `serve` signs checkpoints too: one of its own that is a moment younger than ours is no reason to stop.
    private func fresh(
        _ session: AuditSession, _ folders: [CheckpointFolder]
    ) async throws -> (checkpoint: Checkpoint, note: SignedNote) {
        let store = session.installation.store
        for _ in 0..<3 {
            do throws(AdapterError) {
                return try await store.signedCheckpoint(to: folders)
            } catch {
                guard error.code == "audit.rolledBack" else { throw error }
            }
        }
        return try await store.signedCheckpoint(to: folders)
    }

    /// What was asked for; identifiers only where the question had them.
    private func words(_ query: AuditQuery) -> [String: String] {
        var words: [String: String] = [:]
        if let subject = query.subjects.first { words["subject"] = subject.value }
        if let principal = query.principal { words["user"] = principal.value }
        if !query.events.isEmpty { words["events"] = query.events.map(\.rawValue).sorted().joined(separator: " ") }
        if !query.classes.isEmpty { words["classes"] = query.classes.map(\.rawValue).sorted().joined(separator: " ") }
        if selection.failed { words["failed"] = "true" }
        if let from = query.from { words["from"] = FHIRInstant(microsecondsSinceEpoch: from.microseconds).text }
        if let until = query.until { words["until"] = FHIRInstant(microsecondsSinceEpoch: until.microseconds).text }
        if let limit = selection.limit { words["limit"] = String(limit) }
        return words
    }

    private func told(_ count: Int, _ checkpoint: Checkpoint) {
        if given.output.json {
            show([
                "ok": true, "file": .string(out), "entries": .number(JSONNumber(count)),
                "size": .number(JSONNumber(Int(clamping: checkpoint.size))), "root": .string(checkpoint.root.base64),
                "allLeaves": .bool(allLeaves),
            ])
        } else {
            print("\(count) records under a checkpoint of \(checkpoint.size), in \(out)")
            print("It holds identified data. Check it elsewhere with: audit-verifier FILE --key KEY")
        }
    }
}

extension CommandFailure {
    fileprivate static func export(_ code: String) -> CommandFailure {
        CommandFailure(
            "audit.exportFailed", "the records do not fit the log (\(code)): run `audit verify`", exit: ExitCodes.found)
    }
}
