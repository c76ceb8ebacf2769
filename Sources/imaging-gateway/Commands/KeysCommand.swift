import ArgumentParser
import Foundation
import Gateway
import JSON
import MerkleLog
import Persistence
import Sealing

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes, shows, rotates and destroys keys.",
        subcommands: [
            Initialize.self, Verifier.self, KeysStatusCommand.self, KeysAddMasterCommand.self, KeysRotateCommand.self,
            KeysRotateSigningCommand.self, KeysShredCommand.self,
        ])

    struct Initialize: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes a new key file, readable by its owner only; never overwrites one.",
            discussion: """
                `imaging-gateway init` makes one too. Keep a copy in a safe place, away from the data: without it the \
                stored data cannot be read, and reports that are sent again get other names. The master key may lie \
                elsewhere: in a file of its own, in the environment, or sealed for a key of a PKCS#11 token.

                Examples:
                  imaging-gateway keys init --out /etc/imaging-gateway/keys.yaml
                  imaging-gateway keys init --out keys.yaml --pkcs11 'pkcs11:token=gateway;object=master' \\
                    --pin-file /etc/imaging-gateway/token.pin --module /usr/lib/softhsm/libsofthsm2.so
                """)

        @Option(
            name: .long, help: ArgumentHelp("Where to write the key file; outside the data folder.", valueName: "file"),
            completion: .file())
        var out: String
        @OptionGroup var master: MasterOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try withGatewayErrors(json: output.json) {
                let ring = try KeyFile.create(path: out, master: master.placement())
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
                It is the first key of the log. Keys that followed it are proved by the handovers beside the checkpoints.

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
                let key = try KeyFile.load(path: keys).anchorKey()
                output.json ? show(["ok": true, "log": .string(key.name), "key": .string(key.text)]) : print(key.text)
            }
        }
    }
}

/// Where a new master key is to lie; in the key file unless said otherwise.
struct MasterOptions: ParsableArguments {
    @Option(
        name: .customLong("master-file"),
        help: ArgumentHelp("Keep the master key in this file; made where there is none.", valueName: "file"),
        completion: .file())
    var file: String?
    @Option(
        name: .customLong("master-environment"),
        help: ArgumentHelp(
            "Take the master key from this variable: 32 bytes in base64url. It must be set here and for serve.",
            valueName: "name"))
    var environment: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Seal the master key for this RSA key of a PKCS#11 token (RFC 7512).", valueName: "uri"))
    var pkcs11: String?
    @Option(
        name: .long, help: ArgumentHelp("With --pkcs11: the file with the token's PIN, mode 0600.", valueName: "file"),
        completion: .file())
    var pinFile: String?
    @Option(
        name: .long, help: ArgumentHelp("With --pkcs11: the token's PKCS#11 module.", valueName: "file"),
        completion: .file(extensions: ["so"]))
    var module: String?

    func validate() throws {
        let given = [file, environment, pkcs11].compactMap { $0 }.count
        guard given <= 1 else {
            throw ValidationError("pass one of --master-file, --master-environment and --pkcs11")
        }
        guard (pkcs11 == nil) == (pinFile == nil), pkcs11 != nil || module == nil else {
            throw ValidationError("--pkcs11 and --pin-file belong together, --module only with them")
        }
    }

    func placement() throws -> KeyFile.Placement {
        if let file { return .file(file) }
        if let environment { return .environment(environment) }
        if let pkcs11, let pinFile {
            return .token(try TokenKey(uri: pkcs11, pinFile: URL(fileURLWithPath: pinFile).path, module: module))
        }
        return .keyFile
    }
}
