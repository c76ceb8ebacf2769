import ArgumentParser
import Gateway

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the gateway until it is told to stop (SIGTERM, SIGINT).",
        discussion: """
            It runs in the foreground, logs to standard error without patient data, ends cleanly on SIGTERM, and loses \
            nothing that it acknowledged on SIGKILL. A second serve on the same data folder is refused.

            Example:
              imaging-gateway serve --config /etc/imaging-gateway/gateway.yaml
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: ArgumentHelp("Ends when this process, which started it, ends.", visibility: .private))
    var endWithParent: Int32?

    func run() async throws {
        try await withGatewayErrors {
            let application = GatewayApplication(try options.load())
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let endWithParent { group.addTask { await ParentWatch(parent: endWithParent).watch() } }
                group.addTask { try await application.run() }
                // The watch ends only when it is cancelled.
                try await group.next()
                group.cancelAll()
            }
        }
    }
}
