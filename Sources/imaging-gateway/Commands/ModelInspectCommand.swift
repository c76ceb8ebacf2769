import ArgumentParser
import Gateway
import ImageClassifier
import JSON

struct ModelInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows all that decides what a model says.",
        usage: "imaging-gateway model inspect [<model>] [--json]",
        discussion: """
            Networks, operations and multiply-adds, calibration, limits of the decision, rules and limits of the two \
            gates, preprocessing, the training data's hash, routing and the words of the reports. With --json the \
            architecture too, operation by operation.

            Examples:
              imaging-gateway model inspect
              imaging-gateway model inspect ./vendor-model --json
            """)

    @Argument(help: "A model's folder, or the id of a bundled model; without it the one that answers by default.")
    var model: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try withGatewayErrors(json: output.json) {
            let facts = try ModelFolder.model(model).facts
            guard !output.json else { return show(.object(facts)) }
            for (name, value) in facts where name != "architecture" { Self.tell(name, value, indent: 0) }
        }
    }

    /// One line for each entry; lists and small objects stay on theirs.
    private static func tell(_ name: String, _ value: JSONValue, indent: Int) {
        let margin = String(repeating: "  ", count: indent)
        if let object = value.object, indent == 0 {
            print("\(margin)\(Terminal.safe(name))")
            for (name, value) in object { tell(name, value, indent: indent + 1) }
        } else {
            let text = value.string ?? String(decoding: value.serialized(), as: UTF8.self)
            print("\(margin)\(Terminal.safe(name)): \(Terminal.safe(text))")
        }
    }
}
