import ArgumentParser
import Audit
import FHIR
import Foundation
import Gateway
import JSON
import MerkleLog
import Persistence
import Workflow

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verifies and shows the audit log.",
        subcommands: [Verify.self, Show.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verifies the whole log and all checkpoints; needs no key file and writes nothing.",
            discussion: """
                The public key is taken from --key, else from the file audit-log.vkey beside the outside checkpoints. \
                What was cut off or rolled back can only be seen against a checkpoint kept elsewhere: the number of \
                records newer than the last one is always told. Exit code 1: the log is not intact.

                Examples:
                  imaging-gateway audit verify --config gateway.yaml
                  imaging-gateway audit verify --key ./auditors-copy.vkey --json
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(
            name: .long,
            help: ArgumentHelp("The log's public key, or a file with it, kept by the auditor.", valueName: "key"),
            completion: .file(extensions: ["vkey"]))
        var key: String?
        @OptionGroup var output: OutputOptions

        func run() throws {
            let result = try withGatewayErrors(json: output.json) {
                let configuration = try options.load()
                let key = try publicKey(configuration)
                return try AuditLogFile(configuration.dataFolder).verify(
                    key: key, outside: configuration.checkpointFolders)
            }
            output.json ? show(.object(object(result))) : lines(result)
            guard result.isIntact else { throw ExitCodes.found }
        }

        private func publicKey(_ configuration: Configuration) throws -> VerifierKey {
            if let key {
                if let read = try PublicKeyFile.read(key) { return read }
                guard let parsed = try? VerifierKey(parsing: key) else {
                    throw CommandFailure(
                        "audit.keyUnreadable", "--key is neither a public key nor a file with one",
                        exit: ExitCodes.configuration)
                }
                return parsed
            }
            for folder in configuration.checkpointFolders.map(\.path) + [configuration.dataFolder.checkpointsPath] {
                if let read = try PublicKeyFile.read("\(folder)/\(PublicKeyFile.name)") { return read }
            }
            throw CommandFailure(
                "audit.keyMissing", "no public key: pass --key, or put \(PublicKeyFile.name) beside the checkpoints",
                exit: ExitCodes.configuration)
        }

        private func object(_ result: AuditVerification) -> JSONObject {
            var object: JSONObject = [
                "intact": .bool(result.isIntact), "size": .number(JSONNumber(Int(result.size))),
                "root": .string(result.root.base64),
                "newerThanOutsideCheckpoint": .number(JSONNumber(Int(result.newerThanOutside))),
                "openIntents": .number(JSONNumber(result.openIntents)),
                "problemCount": .number(JSONNumber(result.problemCount)),
                "problems": .array(result.problems.map { .string($0.description) }),
            ]
            object["lastOutsideCheckpoint"] = result.lastOutside.map { .number(JSONNumber(Int($0.size))) }
            return object
        }

        private func lines(_ result: AuditVerification) {
            print("\(result.size) records, root \(result.root.base64)")
            if let last = result.lastOutside {
                print("last outside checkpoint: \(last.size) records")
            } else {
                print("no outside checkpoint: a log that was cut off or rolled back could not be told from a whole one")
            }
            print("records newer than the last outside checkpoint: \(result.newerThanOutside)")
            print("accesses announced without an outcome (under way, or cut off by a crash): \(result.openIntents)")
            for problem in result.problems { print("PROBLEM: \(problem)") }
            print(result.isIntact ? "The log is intact." : "The log is NOT intact: \(result.problemCount) problems.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows who did what with a patient's data or for an order.",
            discussion: """
                The question itself is recorded before anything is shown. With --json the records are FHIR AuditEvents \
                in a Bundle.

                Examples:
                  imaging-gateway audit show --patient 'hospital|4711'
                  imaging-gateway audit show --order 0f8c… --json
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(
            name: .long,
            help: ArgumentHelp(
                "A patient as 'assigner|identifier', with the assigner's configured name.", valueName: "identifier"))
        var patient: String?
        @Option(name: .long, help: ArgumentHelp("An order's id.", valueName: "id"))
        var order: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let subject = try subject()
            try await withGatewayErrors(json: output.json) {
                let installation = try Installation(options.load())
                let trail = installation.trail(principal: Installation.operatingSystemUser)
                let entries = try await installation.store.auditEntries(
                    AuditQuery(subject: subject, limit: 100_000),
                    reading: [trail.reading(.auditRead, role: .auditor, subjects: [subject])])
                output.json ? events(entries, installation) : lines(entries)
            }
        }

        private func subject() throws -> Subject {
            switch (patient, order) {
            case (let patient?, nil):
                let parts = patient.split(separator: "|", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw ValidationError("--patient takes 'assigner|identifier'") }
                return Subject(type: .patient, assigner: parts[0], identifier: parts[1])
            case (nil, let order?): return Subject(type: .order, identifier: order.lowercased())
            default: throw ValidationError("pass either --patient or --order")
            }
        }

        private func events(_ entries: [AuditEntry], _ installation: Installation) {
            let renderer = installation.auditEventRenderer
            show([
                "resourceType": "Bundle", "type": "collection",
                "entry": .array(
                    entries.map { entry in
                        guard let record = entry.record else {
                            return ["index": .number(JSONNumber(Int(entry.index))), "destroyed": true]
                        }
                        return ["resource": renderer.auditEvent(for: record, index: entry.index).json]
                    }),
            ])
        }

        private func lines(_ entries: [AuditEntry]) {
            for entry in entries {
                guard let record = entry.record else {
                    print("\(entry.index)  (contents destroyed)")
                    continue
                }
                let code = record.code.map { " \($0)" } ?? ""
                let peer = record.peer.map { " \($0.name)" } ?? ""
                print(
                    "\(entry.index)  \(record.time.text)  \(record.event.rawValue) \(record.phase.name)  "
                        + "\(record.principal.value)\(peer)  outcome \(record.outcome.rawValue)\(code)")
            }
            print("\(entries.count) records")
        }
    }
}
