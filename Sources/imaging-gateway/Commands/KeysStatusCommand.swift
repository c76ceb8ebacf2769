import ArgumentParser
import Foundation
import Gateway
import JSON
import Persistence

/// `keys status`.
struct KeysStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows which keys there are, where they lie and what they wrap; no secrets.",
        discussion: """
            Example:
              imaging-gateway keys status --config gateway.yaml
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let status = try KeyFile.status(path: configuration.keys)
            // Without a store yet, the key file is all there is.
            let counts =
                FileManager.default.fileExists(atPath: configuration.dataFolder.databasePath)
                ? try await Installation(configuration).store.wrappedKeyCounts() : [:]
            output.json ? show(.object(object(status, counts))) : lines(status, counts)
        }
    }

    private func object(_ status: KeyFileStatus, _ counts: [String: Int]) -> JSONObject {
        [
            "ok": true, "installation": .string(status.installation),
            "masters": .array(
                status.masters.map {
                    [
                        "id": .string($0.id), "place": .string($0.place),
                        "dataKeys": .number(JSONNumber(counts[$0.id] ?? 0)),
                    ]
                }),
            "missingMasters": .array(missing(status, counts).map { .string($0) }),
            "signing": .array(
                status.signing.map {
                    [
                        "key": .string($0.key), "epoch": .number(JSONNumber(Int($0.epoch))),
                        "from": .number(JSONNumber(Int($0.from))),
                    ]
                }),
        ]
    }

    private func lines(_ status: KeyFileStatus, _ counts: [String: Int]) {
        print("installation: \(status.installation)")
        for master in status.masters {
            let use = master.id == status.masters.last?.id ? ", wraps new data keys" : ""
            print("master key \(master.id): \(master.place), \(counts[master.id] ?? 0) data keys\(use)")
        }
        for id in missing(status, counts) {
            print("MISSING: master key \(id), \(counts[id] ?? 0) data keys cannot be opened")
        }
        for key in status.signing { print("signing key from size \(key.from): \(key.key)") }
    }

    private func missing(_ status: KeyFileStatus, _ counts: [String: Int]) -> [String] {
        counts.keys.filter { id in !status.masters.contains { $0.id == id } }.sorted()
    }
}
