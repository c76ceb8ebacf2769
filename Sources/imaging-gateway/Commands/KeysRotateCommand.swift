import ArgumentParser
import Audit
import Gateway
import JSON
import MerkleLog
import Persistence

/// `keys add-master`.
struct KeysAddMasterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-master", abstract: "Puts a new master key into the key file; the old ones stay.",
        discussion: """
            A running serve wraps new data keys with it at once. `keys rotate --finish` puts the others under it too.

            Example:
              imaging-gateway keys add-master --config gateway.yaml
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(name: .long, help: ArgumentHelp("Its id; the next free m<number> unless given.", valueName: "id"))
    var id: String?
    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let placement = try master.placement()
            let installation = try Installation(configuration)
            let added = try await installation.withAccess(.operator, configuration) { access in
                try await MasterRotation(
                    store: installation.store, trail: access.trail, path: configuration.keys
                ).add(id: id, placement, isServed: FileLock.isServed(configuration.dataFolder))
            }
            if output.json {
                show(["ok": true, "master": .string(added)])
            } else {
                print("master key \(added) wraps new data keys from now on")
                print("Keep a copy of the key file in a safe place. Then: imaging-gateway keys rotate --finish")
            }
        }
    }
}

/// `keys rotate`.
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Exchanges the master key, also while serve runs; no order waits for it.",
        discussion: """
            Puts a new master key into the key file, every data key under it, and takes the old ones out of the file \
            when nothing names them any more. Interrupted at any point, --finish goes on. Backups that were made before \
            need the old master key: keep it with them.

            Examples:
              imaging-gateway keys rotate --config gateway.yaml
              imaging-gateway keys rotate --finish --config gateway.yaml
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Makes no new master key: goes on with the newest one of the key file.")
    var finish = false
    @Option(name: .long, help: ArgumentHelp("Its id; the next free m<number> unless given.", valueName: "id"))
    var id: String?
    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let result = try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let placement = try master.placement()
            let installation = try Installation(configuration)
            return try await installation.withAccess(.operator, configuration) { access in
                let rotation = MasterRotation(
                    store: installation.store, trail: access.trail, path: configuration.keys)
                if !finish {
                    _ = try await rotation.add(
                        id: id, placement, isServed: FileLock.isServed(configuration.dataFolder))
                }
                return try await rotation.finish()
            }
        }
        output.json ? show(.object(object(result))) : lines(result)
        guard result.kept.isEmpty else { throw ExitCodes.found }
    }

    private func object(_ result: MasterRotation.Result) -> JSONObject {
        [
            "ok": .bool(result.kept.isEmpty), "master": .string(result.current),
            "dataKeys": .number(JSONNumber(result.dataKeys)), "retired": .array(result.retired.map { .string($0) }),
            "kept": .array(result.kept.map { .string($0) }),
        ]
    }

    private func lines(_ result: MasterRotation.Result) {
        print("master key \(result.current) wraps \(result.dataKeys) data keys")
        for id in result.retired { print("master key \(id) is out of the key file") }
        for id in result.kept {
            print("master key \(id) stays: an order under way names it; run `keys rotate --finish` later")
        }
    }
}

/// `keys rotate-signing`.
struct KeysRotateSigningCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-signing", abstract: "Exchanges the key that signs checkpoints, also while serve runs.",
        discussion: """
            A handover that both keys sign is put beside all checkpoints. From its size on only the new key counts: \
            whoever stole the old one can sign nothing larger. Auditors go on with the public key that they have.

            Examples:
              imaging-gateway keys rotate-signing --config gateway.yaml
              imaging-gateway keys rotate-signing --finish --config gateway.yaml
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Makes no new key: puts the handovers beside the checkpoints where they are missing.")
    var finish = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let installation = try Installation(configuration)
            let handover = try await installation.withAccess(.operator, configuration) { access in
                let rotation = SigningRotation(
                    store: installation.store, trail: access.trail, path: configuration.keys,
                    outside: configuration.checkpointFolders)
                return finish ? try rotation.finish().last : try await rotation.rotate()
            }
            tell(handover)
        }
    }

    private func tell(_ handover: KeyHandover?) {
        if output.json {
            show([
                "ok": true, "key": handover.map { .string($0.to.text) } ?? .null,
                "from": handover.map { .number(JSONNumber(Int($0.size))) } ?? .null,
            ])
        } else if let handover {
            print("from size \(handover.size) on checkpoints are signed by \(handover.to.text)")
            print("The handover lies beside the checkpoints. Keep a copy of the key file in a safe place.")
        } else {
            print("the signing key was never exchanged")
        }
    }
}
