import ArgumentParser
import Audit
import Gateway
import JSON
import Persistence
import Workflow

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup into an empty data folder, and says what is lost.",
        discussion: """
            The data folder must be empty; the key file is needed. The backup is proved whole and compared with the \
            checkpoints outside: where these tell of records that the backup has not, nothing is done without \
            --accept-loss, and the log goes on under a new name, so that everybody sees the gap. Patients whose keys were \
            destroyed after the backup are destroyed again, by the register beside the checkpoints.

            Example:
              imaging-gateway restore --from /backup/2026-11-21 --config gateway.yaml
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(name: .long, help: ArgumentHelp("The backup's folder.", valueName: "folder"), completion: .directory)
    var from: String
    @Flag(name: .long, help: "Goes on although records that were published are lost.")
    var acceptLoss = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let recovery = try BackupRecovery(BackupFolder(path: from), configuration)
            let found = try recovery.inspect()
            guard found.isWhole else {
                BackupReport(found: found, keyIsTrusted: true).show(json: output.json)
                throw ExitCodes.found
            }
            guard found.lost == 0 || acceptLoss else {
                throw CommandFailure(
                    "restore.loss",
                    "\(found.lost) records that outside checkpoints tell of are not in the backup; nothing was done. "
                        + "Look for a newer backup, or pass --accept-loss", exit: ExitCodes.found)
            }
            let isUnknown = recovery.isLossUnknown(found)
            guard !isUnknown || acceptLoss else {
                throw CommandFailure(
                    "restore.lossUnknown",
                    "checkpoints were published, and no folder of checkpoints that can be read here has one of this log: "
                        + "how many records are lost cannot be told; nothing was done. Bring such a folder back, or the "
                        + "newest checkpoint from the other places into one, or pass --accept-loss: the log goes on under "
                        + "a new name", exit: ExitCodes.found)
            }
            let result = try await recovery.run(found)
            tell(found, result, isUnknown: isUnknown, hasRegister: !configuration.checkpointFolders.isEmpty)
        }
    }

    private func warnings(_ found: BackupVerification) -> [String] {
        found.problems.map(\.description)
            + (found.ignored > 0 ? ["\(found.ignored) handover files are not of this log's keys"] : [])
    }

    private func tell(_ found: BackupVerification, _ result: StoreRestore.Result, isUnknown: Bool, hasRegister: Bool) {
        if output.json {
            show([
                "ok": true, "restored": .number(JSONNumber(Int(found.manifest.size))),
                "lost": .number(JSONNumber(Int(found.lost))), "log": .string(result.origin),
                "size": .number(JSONNumber(Int(result.size))),
                "destroyedAgain": .number(JSONNumber(result.destroyedAgain)), "register": .bool(hasRegister),
                "lossUnknown": .bool(isUnknown), "warnings": .array(warnings(found).map { .string($0) }),
            ])
            return
        }
        print("restored: \(found.manifest.size) records; the log goes on as \(result.origin)")
        print(
            found.lost > 0
                ? "LOST: \(found.lost) records that outside checkpoints tell of"
                : isUnknown
                    ? "LOST: nobody can tell how much; the log has a new name"
                    : "no outside checkpoint tells of a lost record; records after the last of them cannot be counted")
        for warning in warnings(found) { print("WARNING: \(warning)") }
        print("data keys destroyed again: \(result.destroyedAgain)")
        if !hasRegister {
            print("WARNING: no outside checkpoints, so no register: patients shredded since the backup are back")
        }
    }
}
