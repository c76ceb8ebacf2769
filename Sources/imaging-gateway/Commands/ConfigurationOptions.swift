import ArgumentParser
import Gateway

/// `--config`, which every command that works on an installation takes.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String = "gateway.yaml"

    func load() throws -> Configuration {
        try Configuration.load(path: config)
    }
}
