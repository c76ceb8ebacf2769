import ArgumentParser

struct MapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Tries out, checks and compares the files that say how HL7 v2 messages are read.",
        subcommands: [MapTestCommand.self, MapLintCommand.self, MapDiffCommand.self])
}
