import ArgumentParser
import Gateway
import JSON

struct MapDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows what another mappings folder would change in the messages that you have.",
        usage: """
            imaging-gateway map diff <old> <new> --corpus <folder> ... [--show-values] [--json]
                   [--mapping <name> | --config <file> [--source <name>]]
            """,
        discussion: """
            Reads every message of the corpus under both folders and tells, by message and field, what would be \
            otherwise: values, numbers, routing, what is missing, the acknowledgement. Nothing is stored or sent. \
            Values stand there only with --show-values: THEN IT PRINTS WHAT THE MESSAGES SAY ABOUT PATIENTS.

            Exit code 0: no message changes. Exit code 1: at least one does. Exit code 2: a file could not be read.

            Examples:
              imaging-gateway map diff ./mappings ./mappings.new --corpus ./recorded
              imaging-gateway map diff old new --corpus ./recorded --config gateway.yaml --source his --json
            """)

    @Argument(help: "The folder that holds now.", completion: .directory)
    var old: String
    @Argument(help: "The folder to compare with it.", completion: .directory)
    var new: String
    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Files and folders with messages.", valueName: "folder"), completion: .directory)
    var corpus: [String]
    @Option(name: .long, help: ArgumentHelp("Without --config: another mapping than default.", valueName: "name"))
    var mapping: String?
    @Option(
        name: .long, help: ArgumentHelp("Read as a source of this configuration.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @Option(name: .long, help: ArgumentHelp("Which source, where there are several.", valueName: "name"))
    var source: String?
    @Flag(name: .long, help: "Show the values that change, which may be patient data.")
    var showValues = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard config == nil || mapping == nil else { throw ValidationError("--mapping is for use without --config") }
        guard config != nil || source == nil else { throw ValidationError("--source needs --config") }
    }

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let trials = (try trial(old), try trial(new))
            let files = InputFiles(corpus)
            var comparison = MappingComparison()
            var unread = files.unreadable
            for file in files.all {
                let messages: [[UInt8]]
                do throws(CommandFailure) {
                    messages = try MapInput.messages(in: file)
                } catch {
                    unread.append(file)
                    continue
                }
                for (index, bytes) in messages.enumerated() {
                    comparison.add(
                        try await trials.0.run(bytes), try await trials.1.run(bytes), file: file, message: index + 1)
                }
            }
            report(comparison, unread: unread)
            guard unread.isEmpty else { throw ExitCodes.unusable }
            guard !comparison.hasChanges else { throw ExitCodes.found }
        }
    }

    private func trial(_ folder: String) throws -> MessageTrial {
        guard let config else { return try MessageTrial(mappings: folder, mapping: mapping ?? "default") }
        return try MessageTrial(Configuration.load(path: config), source: source, mappings: folder)
    }

    private func report(_ comparison: MappingComparison, unread: [String]) {
        guard !output.json else {
            var object = comparison.json(showsValues: showValues).object ?? [:]
            object["ok"] = .bool(!comparison.hasChanges && unread.isEmpty)
            object["unread"] = .array(unread.map { .string($0) })
            return show(.object(object))
        }
        for difference in comparison.differences {
            let type = difference.type.map { ", \($0)" } ?? ""
            print(Terminal.safe("\(difference.file), message \(difference.message)\(type)"))
            for change in difference.changes { print("  " + Terminal.safe(line(change))) }
        }
        for file in unread { complain("\(file): no message in it can be read [file.unreadable]") }
        print("\(comparison.messages) messages, \(comparison.differences.count) would be read otherwise")
        for (field, count) in comparison.counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("  \(field): in \(count)")
        }
    }

    private func line(_ change: MappingComparison.Change) -> String {
        let order = change.order.map { "order \($0): " } ?? ""
        guard showValues || !change.isValue else {
            let places = [change.beforePath ?? "nowhere", change.afterPath ?? "nowhere"]
            let kind =
                switch (change.before, change.after) {
                case (nil, _): "said now"
                case (_, nil): "no longer said"
                default: "another value"
                }
            let from = change.field == "patientChange" ? "" : " (\(places.joined(separator: " → ")))"
            return "\(order)\(change.field): \(kind)\(from)"
        }
        return "\(order)\(change.field): \(change.before ?? "–") → \(change.after ?? "–")"
    }
}
