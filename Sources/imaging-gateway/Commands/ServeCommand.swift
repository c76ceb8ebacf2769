import ArgumentParser
import Gateway

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the gateway until it is told to stop (SIGTERM, SIGINT).")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await withGatewayErrors { try await GatewayApplication(try options.load()).run() }
    }
}
