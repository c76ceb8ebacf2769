import ArgumentParser
import Gateway
import MerkleLog
import Persistence
import Sealing

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes and shows key files.",
        subcommands: [Initialize.self, Verifier.self])

    struct Initialize: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes a new key file, readable by its owner only; never overwrites one.")

        @Option(name: .long, help: "Where to write the key file; outside the data folder.")
        var out: String

        func run() throws {
            try withConfigurationErrors {
                let ring = try KeyFile.create(path: out)
                print("key file written: \(out)")
                print("installation: \(ring.installation)")
                print("Keep a copy in a safe place: without it the stored data cannot be read.")
            }
        }
    }

    struct Verifier: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the public key that verifies the audit log's checkpoints, for auditors.")

        @Option(name: .long, help: "The key file.")
        var keys: String

        func run() throws {
            try withConfigurationErrors { print(try KeyFile.load(path: keys).checkpointKey().verifier.text) }
        }
    }
}
