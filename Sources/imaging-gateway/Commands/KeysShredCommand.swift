import ArgumentParser
import Audit
import Gateway
import JSON
import Persistence
import Workflow

/// `keys shred`.
struct KeysShredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shred",
        abstract: "Destroys the data keys of one patient: nobody can read the patient's data here again.",
        discussion: """
            Everything sealed for the patient becomes unreadable: orders, messages, contents of audit records; the log \
            stays whole. Refused under a legal hold and while orders of the patient are unfinished. Backups made before \
            still hold the keys: destroy these backups, or restore them only together with the register \
            destroyed-keys.txt beside the checkpoints.

            Example:
              imaging-gateway keys shred --patient-file patient.txt --reason erasure-request
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var patient: AuditPatientOptions
    @Option(
        name: .long,
        help: ArgumentHelp("Why, as a code or number of a case: letters, digits, . _ - (no names).", valueName: "code"))
    var reason: String
    @Flag(name: .long, help: "Does not ask again.")
    var yes = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard patient.isGiven else { throw ValidationError("say of whom: --patient or --patient-file") }
        guard LegalHold.isCode(reason) else {
            throw ValidationError("--reason takes 1 to 40 letters, digits, dots, underscores and hyphens")
        }
    }

    func run() async throws {
        guard let subject = try patient.subject() else { throw ExitCodes.usage }
        try confirm("\(subject.assigner)|\(subject.identifier)")
        try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let installation = try Installation(configuration)
            let folders = configuration.checkpointFolders
            let done = try await installation.withAccess(.operator, configuration) { access in
                // What an earlier run destroyed and could not register comes first: repeating a command mends it, and
                // where the register cannot be written nothing is destroyed of which a restore would not know.
                try await installation.store.registerDestroyedKeys(in: folders, rewriting: true)
                // Told in the transaction that destroys: one is not without the other.
                let done = try await installation.store.shred(
                    patient: subject,
                    record: access.trail.service(.keysDestroy, details: [.reason: .code(reason)]))
                try await installation.store.registerDestroyedKeys(in: folders)
                return done
            }
            tell(done)
        }
    }

    private func confirm(_ identifier: String) throws {
        guard !yes else { return }
        guard Terminal.isInteractive else { throw ValidationError("pass --yes: there is nobody to ask") }
        print("This cannot be undone. Type the identifier again to destroy the patient's keys: ", terminator: "")
        guard readLine() == identifier else {
            complain("nothing was destroyed")
            throw ExitCodes.found
        }
    }

    private func tell(_ done: Shredding) {
        if output.json {
            show([
                "ok": true, "keys": .number(JSONNumber(done.keys)), "orders": .number(JSONNumber(done.orders)),
                "messages": .number(JSONNumber(done.messages)), "identifiers": .number(JSONNumber(done.identifiers)),
                "keysDigest": .string(done.digest), "isOutOfFiles": .bool(done.isOutOfFiles),
            ])
        } else {
            print("destroyed: \(done.keys) data keys of \(done.identifiers) identifiers")
            print("emptied: \(done.orders) orders, \(done.messages) messages; the audit log is whole")
            if !done.isOutOfFiles { print("old pages leave the database file with SQLite's next checkpoint") }
        }
    }
}
