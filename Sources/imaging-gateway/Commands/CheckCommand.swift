import ArgumentParser
import Gateway

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks configuration, keys, mappings and model without starting anything.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await withGatewayErrors {
            for line in try await GatewayApplication(try options.load()).check() { print(line) }
        }
    }
}
