import ArgumentParser
import Gateway
import JSON
import MerkleLog
import Persistence
import Sealing

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes and shows key files.",
        subcommands: [Initialize.self, Verifier.self])

    struct Initialize: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes a new key file, readable by its owner only; never overwrites one.",
            discussion: """
                `imaging-gateway init` makes one too. Keep a copy in a safe place, away from the data: without it the \
                stored data cannot be read, and reports that are sent again get other names.

                Example:
                  imaging-gateway keys init --out /etc/imaging-gateway/keys.yaml
                """)

        @Option(
            name: .long, help: ArgumentHelp("Where to write the key file; outside the data folder.", valueName: "file"),
            completion: .file())
        var out: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            try withGatewayErrors(json: output.json) {
                let ring = try KeyFile.create(path: out)
                if output.json {
                    show(["ok": true, "file": .string(out), "installation": .string(ring.installation)])
                } else {
                    print("key file written: \(out)")
                    print("installation: \(ring.installation)")
                    print("Keep a copy in a safe place: without it the stored data cannot be read.")
                }
            }
        }
    }

    struct Verifier: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the public key that verifies the audit log's checkpoints, for auditors.",
            discussion: """
                Example:
                  imaging-gateway keys verifier --keys keys.yaml > auditors-copy.vkey
                """)

        @Option(
            name: .long, help: ArgumentHelp("The key file.", valueName: "file"),
            completion: .file(extensions: ["yaml", "yml"]))
        var keys: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            try withGatewayErrors(json: output.json) {
                let key = try KeyFile.load(path: keys).checkpointKey().verifier
                output.json ? show(["ok": true, "log": .string(key.name), "key": .string(key.text)]) : print(key.text)
            }
        }
    }
}
