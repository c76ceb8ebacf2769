import ArgumentParser
import Audit
import Gateway
import JSON
import MerkleLog
import Persistence
import Workflow

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies the data folder while serve runs, and verifies such copies.",
        subcommands: [Make.self, Verify.self], defaultSubcommand: Make.self)

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make", abstract: "Copies everything to a new folder; orders keep flowing.",
            discussion: """
                The copy is sealed as the data folder is, holds no key and is signed: keep the key file elsewhere. A \
                checkpoint is signed first.

                Example:
                  imaging-gateway backup --to /backup/2026-11-21 --config gateway.yaml
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(
            name: .long, help: ArgumentHelp("The folder to make; not there yet, or empty.", valueName: "folder"),
            completion: .directory)
        var to: String
        @Flag(name: .long, help: "Leaves out the files of the archive: they must be kept on their own.")
        var withoutSegments = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await withGatewayErrors(json: output.json) {
                let configuration = try options.load()
                let installation = try Installation(configuration)
                let manifest = try await installation.withAccess(.operator, configuration) { access in
                    try await InstallationBackup(
                        store: installation.store, trail: access.trail, outside: configuration.checkpointFolders
                    ).run(to: to, copiesSegments: !withoutSegments)
                }
                tell(manifest)
            }
        }

        private func tell(_ manifest: BackupManifest) {
            if output.json {
                show([
                    "ok": true, "folder": .string(to), "log": .string(manifest.origin.text),
                    "size": .number(JSONNumber(Int(manifest.size))), "root": .string(manifest.root.base64),
                    "masters": .array(manifest.masters.map { .string($0) }),
                ])
            } else {
                print("backup written: \(to)")
                print("\(manifest.size) records, root \(manifest.root.base64)")
                print("needs the key file with: \(manifest.masters.joined(separator: ", "))")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves a backup whole: every file, every leaf, the signature. Needs no secret key.",
            discussion: """
                The public key is taken from --key; without it from the backup itself, which proves only that the backup \
                is in itself consistent. Exit code 1: it is not what was backed up.

                Examples:
                  imaging-gateway backup verify /backup/2026-11-21 --key auditors-copy.vkey
                  imaging-gateway backup verify /backup/2026-11-21 --key auditors-copy.vkey --checkpoints /mnt/checkpoints
                """)

        @Argument(help: "The backup's folder.", completion: .directory)
        var folder: String
        @Option(
            name: .long, help: ArgumentHelp("The log's first public key, or a file with it.", valueName: "key"),
            completion: .file(extensions: ["vkey"]))
        var key: String?
        @Option(
            name: .long,
            help: ArgumentHelp("Compares with these outside checkpoints too; may be repeated.", valueName: "folder"),
            completion: .directory)
        var checkpoints: [String] = []
        @OptionGroup var output: OutputOptions

        func run() throws {
            let found = try withGatewayErrors(json: output.json) {
                let backup = BackupFolder(path: folder)
                let outside = checkpoints.map { CheckpointFolder(path: $0, keeper: .outside) }
                return try backup.verify(keys: backup.keys(anchor: anchor(backup), outside: outside), outside: outside)
            }
            BackupReport(found: found, keyIsTrusted: key != nil).show(json: output.json)
            guard found.isWhole else { throw ExitCodes.found }
        }

        private func anchor(_ backup: BackupFolder) throws -> VerifierKey {
            if let key {
                if let read = try PublicKeyFile.read(key) { return read }
                if let parsed = try? VerifierKey(parsing: key) { return parsed }
                throw CommandFailure(
                    "audit.keyUnreadable", "--key is neither a public key nor a file with one",
                    exit: ExitCodes.configuration)
            }
            if let read = try PublicKeyFile.read(backup.publicKeyPath) { return read }
            throw CommandFailure(
                "audit.keyMissing", "no public key: pass --key", exit: ExitCodes.configuration)
        }
    }
}

/// What was found about a backup, for people and programs.
struct BackupReport {
    let found: BackupVerification
    let keyIsTrusted: Bool

    func show(json: Bool) { json ? imaging_gateway.show(.object(object)) : lines() }

    private var object: JSONObject {
        [
            "whole": .bool(found.isWhole), "keyIsTrusted": .bool(keyIsTrusted),
            "log": .string(found.manifest.origin.text), "size": .number(JSONNumber(Int(found.manifest.size))),
            "root": .string(found.manifest.root.base64), "lost": .number(JSONNumber(Int(found.lost))),
            "changed": .array(found.changed.map { .string($0) }),
            "problems": .array(found.problems.map { .string($0.description) }),
            "masters": .array(found.manifest.masters.map { .string($0) }),
        ]
    }

    private func lines() {
        print("\(found.manifest.size) records, root \(found.manifest.root.base64)")
        print("needs the key file with: \(found.manifest.masters.joined(separator: ", "))")
        for file in found.changed { print("CHANGED: \(file)") }
        for problem in found.problems { print("PROBLEM: \(problem)") }
        if found.ignored > 0 { print("WARNING: \(found.ignored) handover files are not of this log's keys") }
        if found.lost > 0 { print("outside checkpoints tell of \(found.lost) records more") }
        print(found.isWhole ? "The backup is whole." : "The backup is NOT what was backed up.")
        if !keyIsTrusted { print("The public key is the backup's own: pass --key to trust nobody.") }
    }
}
