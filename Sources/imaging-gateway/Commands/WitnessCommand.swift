import ArgumentParser
import Foundation
import Gateway
import JSON
import MerkleLog

struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness", abstract: "Cosigns the checkpoints of audit logs on another host.",
        discussion: """
            A witness signs a checkpoint only if it extends what it signed before. So nobody can rewrite a log unseen, \
            not even an administrator who holds the log's signing key, as long as the witness is another's.
            """,
        subcommands: [Initialize.self, Serve.self, Status.self])

    struct Initialize: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes key, state and configuration of a witness; overwrites nothing.",
            discussion: """
                Example:
                  imaging-gateway witness init --out /etc/witness --name witness.example/w1 --log "$(cat audit-log.vkey)"
                """)

        @Option(
            name: .long, help: ArgumentHelp("The folder for the files.", valueName: "folder"), completion: .directory)
        var out: String
        @Option(name: .long, help: "The witness's name, such as witness.example/w1; it stands in signatures for ever.")
        var name: String
        @Option(name: .long, help: "The port to listen on.")
        var port = 8443
        @Option(
            name: .long, help: ArgumentHelp("The public key of a log, as `keys verifier` prints it.", valueName: "key"))
        var log: [String] = []
        @OptionGroup var output: OutputOptions

        func run() throws {
            try withGatewayErrors(json: output.json) {
                let file = try WitnessSetup.create(folder: out, name: name, port: port, logs: log)
                if output.json {
                    show([
                        "ok": true, "config": .string(file.configuration), "name": .string(name),
                        "key": .string(file.key.text),
                    ])
                } else {
                    print("configuration written: \(file.configuration)")
                    print("Put this key under checkpoints[].witness.key of each gateway, and give it to the auditor:")
                    print(file.key.text)
                }
            }
        }
    }

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the witness until it is told to stop (SIGTERM, SIGINT).",
            discussion: """
                It answers POST /add-checkpoint (C2SP tlog-witness) and nothing else, by TLS or on loopback. What it \
                cosigned last is on the disk before a cosignature leaves.

                Example:
                  imaging-gateway witness serve --config /etc/witness/witness.yaml
                """)

        @OptionGroup var options: WitnessOptions

        func run() async throws {
            try await withGatewayErrors { try await WitnessApplication(options.load()).run() }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what the witness cosigned last, by log.",
            discussion: """
                Example:
                  imaging-gateway witness status --config witness.yaml
                """)

        @OptionGroup var options: WitnessOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try withGatewayErrors(json: output.json) {
                let configuration = try options.load()
                let checkpoints = try WitnessState.load(path: configuration.state).checkpoints
                    .sorted { $0.origin < $1.origin }
                if output.json {
                    show([
                        "ok": true,
                        "logs": .array(
                            checkpoints.map {
                                [
                                    "origin": .string($0.origin), "size": .number(JSONNumber(Int(clamping: $0.size))),
                                    "root": .string($0.root.base64),
                                ]
                            }),
                    ])
                } else {
                    for checkpoint in checkpoints {
                        print("\(checkpoint.origin)  \(checkpoint.size) records, root \(checkpoint.root.base64)")
                    }
                    print("\(checkpoints.count) logs cosigned, \(configuration.logs.count) known")
                }
            }
        }
    }
}

/// `--config` of a witness.
struct WitnessOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The witness's configuration file.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String = "witness.yaml"

    func load() throws -> WitnessConfiguration { try WitnessConfiguration.load(path: config) }
}
