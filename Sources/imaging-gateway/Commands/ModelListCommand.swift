import ArgumentParser
import Gateway
import ImageClassifier
import JSON

struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the bundled models, or the models that a configuration names.",
        usage: "imaging-gateway model list [--config <file>] [--json]",
        discussion: """
            Each with id and version, whether its results are reported or it runs in the shadow, the SHA-256 of its \
            weights and of its model.json (which a configuration pins), that of its card, and the orders that it is made for.

            Exit code 1: a model of the configuration cannot be used; the gateway would not start.

            Examples:
              imaging-gateway model list
              imaging-gateway model list --config gateway.yaml --json
            """)

    @Option(
        name: .long, help: ArgumentHelp("The models of this configuration.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try withGatewayErrors(json: output.json) {
            let sections = try config.map { try Configuration.load(path: $0).modelSections } ?? Self.bundled
            let models = sections.enumerated().map { index, section in
                (section, Result { () throws(ConfigurationError) in try LoadedModel(section, at: "models[\(index)]") })
            }
            if output.json {
                show(["models": .array(models.map { Self.json($0, $1) })])
            } else {
                for (section, model) in models { Self.lines(section, model).forEach { print(Terminal.safe($0)) } }
            }
            let isUsable = models.allSatisfy { (try? $0.1.get()) != nil }
            guard isUsable else { throw ExitCodes.found }
        }
    }

    private static var bundled: [ModelSection] {
        ModelBundle.bundledIDs.map { ModelSection(place: .bundled($0)) }
    }

    private static func lines(
        _ section: ModelSection, _ model: Result<LoadedModel, ConfigurationError>
    ) -> [String] {
        switch model {
        case .failure(let error): return ["✗ \(error.path): \(error.explanation)"]
        case .success(let model):
            let identity = model.bundle.identity
            return [
                "\(identity.id) \(identity.version)  \(section.mode.rawValue)", "  \(identity.title)",
                "  weights    \(identity.weightsDigest)", "  model.json \(model.bundle.descriptionDigest)",
                "  card       \(model.bundle.card.sha256)",
                "  asked for  \(String(decoding: model.bundle.routing, as: UTF8.self))",
            ]
        }
    }

    private static func json(
        _ section: ModelSection, _ model: Result<LoadedModel, ConfigurationError>
    ) -> JSONValue {
        let isBundled = if case .bundled = section.place { true } else { false }
        switch model {
        case .failure(let error):
            return [
                "ok": false, "mode": .string(section.mode.rawValue), "bundled": .bool(isBundled),
                "error": ["code": .string(error.code.rawValue), "message": .string(error.explanation)],
            ]
        case .success(let model):
            let identity = model.bundle.identity
            return [
                "ok": true, "id": .string(identity.id), "version": .string(identity.version),
                "title": .string(identity.title), "mode": .string(section.mode.rawValue),
                "bundled": .bool(isBundled), "folder": .string(model.folder),
                "sha256": .string(identity.weightsDigest),
                "descriptionSHA256": .string(model.bundle.descriptionDigest),
                "cardSHA256": .string(model.bundle.card.sha256),
                "routing": (try? JSONValue(parsing: model.bundle.routing)) ?? .null,
            ]
        }
    }
}
