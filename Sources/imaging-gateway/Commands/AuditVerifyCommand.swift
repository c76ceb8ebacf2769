import ArgumentParser
import Audit
import Gateway
import JSON
import MerkleLog
import Persistence

/// `audit verify`.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies the whole log and all checkpoints; needs no key file and writes nothing.",
        discussion: """
            The public key is taken from --key, else from the file audit-log.vkey beside the outside checkpoints. \
            What was cut off or rolled back can only be seen against a checkpoint kept elsewhere: the number of \
            records newer than the last one is always told. Exit code 1: the log is not intact.

            With --deep the key file is needed, and the reading is recorded: every record is opened and compared with \
            its leaf, and what cannot be opened must have been destroyed by a recorded act.

            Examples:
              imaging-gateway audit verify --config gateway.yaml
              imaging-gateway audit verify --key ./auditors-copy.vkey --json
              imaging-gateway audit verify --deep
            """)

    @OptionGroup var given: AuditAccessOptions
    @OptionGroup var trusted: AuditKeyOptions
    @Flag(name: .long, help: "Opens and compares every record too; needs the key file, is recorded.")
    var deep = false

    func validate() throws {
        guard deep || !given.copy else {
            throw ValidationError("--copy goes with --deep: verifying alone writes nothing")
        }
    }

    func run() async throws {
        var records: RecordVerification?
        if deep {
            try await withAuditor(given) { session in
                records = try await session.installation.store.verifyRecords(
                    reading: session.reading("audit.verify", filters: ["deep"]))
            }
        }
        let result = try withGatewayErrors(json: given.output.json) {
            let configuration = try given.options.load()
            return try AuditLogFile(
                configuration.dataFolder, archiveFolders: configuration.audit.archives
            ).verify(
                key: trusted.publicKey(configuration).key, outside: configuration.checkpointFolders)
        }
        given.output.json ? show(.object(object(result, records))) : lines(result, records)
        guard result.isIntact, records?.isIntact ?? true else { throw ExitCodes.found }
    }

    private func object(_ result: AuditVerification, _ records: RecordVerification?) -> JSONObject {
        var object: JSONObject = [
            "intact": .bool(result.isIntact && records?.isIntact ?? true), "size": number(result.size),
            "root": .string(result.root.base64), "newerThanOutsideCheckpoint": number(result.newerThanOutside),
            "openIntents": .number(JSONNumber(result.openIntents)),
            "problemCount": .number(JSONNumber(result.problemCount)),
            "problems": .array(result.problems.map { .string($0.description) }), "origin": .string(result.origin),
        ]
        object["lastOutsideCheckpoint"] = result.lastOutside.map { number($0.size) }
        if !result.restorations.isEmpty {
            object["restorations"] = .array(
                result.restorations.map {
                    [
                        "size": number($0.size), "origin": .string($0.origin), "knownLoss": number($0.knownLoss),
                    ]
                })
        }
        if let records {
            object["records"] = [
                "opened": number(records.opened), "destroyed": number(records.destroyed),
                "expired": number(records.expired), "problemCount": .number(JSONNumber(records.problemCount)),
                "problems": .array(records.problems.map { .string($0.description) }),
            ]
        }
        return object
    }

    private func number(_ value: UInt64) -> JSONValue { .number(JSONNumber(Int(clamping: value))) }

    private func lines(_ result: AuditVerification, _ records: RecordVerification?) {
        print("\(result.size) records, root \(result.root.base64)")
        if let last = result.lastOutside {
            print("last outside checkpoint: \(last.size) records")
        } else {
            print("no outside checkpoint: a log that was cut off or rolled back could not be told from a whole one")
        }
        print("records newer than the last outside checkpoint: \(result.newerThanOutside)")
        print("accesses announced without an outcome (under way, or cut off by a crash): \(result.openIntents)")
        for restoration in result.restorations {
            print(
                "a restore kept \(restoration.size) records and lost \(restoration.knownLoss) known ones; the log goes on"
                    + " as \(restoration.origin)")
        }
        if let records {
            print(
                "records opened: \(records.opened); keys destroyed on purpose: \(records.destroyed); kept long enough"
                    + " and expired: \(records.expired)")
            for problem in records.problems { print("PROBLEM: \(problem.code.explanation) [\(problem)]") }
        }
        for problem in result.problems { print("PROBLEM: \(problem.code.explanation) [\(problem)]") }
        let count = result.problemCount + (records?.problemCount ?? 0)
        print(count == 0 ? "The log is intact." : "The log is NOT intact: \(count) problems.")
    }
}
