import ArgumentParser
import Audit
import Gateway
import MerkleLog
import Persistence

/// `--key`: the public key that an auditor trusts.
struct AuditKeyOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The log's public key, or a file with it, kept by the auditor.", valueName: "key"),
        completion: .file(extensions: ["vkey"]))
    var key: String?

    /// The key, and in words where it came from.
    func publicKey(_ configuration: Configuration) throws -> (key: VerifierKey, source: String) {
        if let key {
            if let read = try PublicKeyFile.read(key) { return (read, "the file given with --key") }
            guard let parsed = try? VerifierKey(parsing: key) else {
                throw CommandFailure(
                    "audit.keyUnreadable", "--key is neither a public key nor a file with one",
                    exit: ExitCodes.configuration)
            }
            return (parsed, "given with --key")
        }
        for folder in configuration.checkpointFolders.map(\.path) {
            if let read = try PublicKeyFile.read("\(folder)/\(PublicKeyFile.name)") {
                return (read, "\(PublicKeyFile.name) beside the outside checkpoints")
            }
        }
        if let read = try PublicKeyFile.read("\(configuration.dataFolder.checkpointsPath)/\(PublicKeyFile.name)") {
            return (read, "\(PublicKeyFile.name) in the data folder itself")
        }
        throw CommandFailure(
            "audit.keyMissing", "no public key: pass --key, or put \(PublicKeyFile.name) beside the checkpoints",
            exit: ExitCodes.configuration)
    }
}
