import ArgumentParser
import Gateway
import JSON

struct MapTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Shows what the mapping reads in messages, where each order goes, and the acknowledgement.",
        usage: """
            imaging-gateway map test <files> ... [--redact | --fhir] [--json]
                   [--config <file> [--source <name>]]
                   [--mappings <folder>] [--mapping <name>]
            """,
        discussion: """
            For each order: every field with the place it came from, its numbers and who assigned them, the \
            patient's identifiers, for each routing rule what is not fulfilled, and the reply that serve would \
            send; for a patient message what it would merge or update; with --fhir the order as ServiceRequest \
            and Patient. Nothing is stored or sent. IT PRINTS WHAT THE MESSAGE SAYS ABOUT THE PATIENT, unless --redact.

            Files may hold several messages, framed by MLLP or plain with any line ends; - is standard input.

            With --config the messages are read as a source of that configuration reads them. Without it the \
            mappings that ship are taken, every assigner that a message names as known, its own processing ID and \
            the zone of its MSH-7 (else UTC): to try a message before anything is configured.

            Exit code 1: at least one message would not be accepted.

            Examples:
              imaging-gateway map test order.hl7
              imaging-gateway map test orders/*.hl7 --config gateway.yaml --redact
              imaging-gateway map test order.hl7 --mapping sites/small-site.yaml --fhir
            """)

    @Argument(help: "Files with messages; - for standard input.", completion: .file())
    var files: [String]
    @Option(
        name: .long, help: ArgumentHelp("Read as a source of this configuration.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @Option(name: .long, help: ArgumentHelp("Which source, where there are several.", valueName: "name"))
    var source: String?
    @Option(
        name: .long, help: ArgumentHelp("Without --config: another folder of mappings.", valueName: "folder"),
        completion: .directory)
    var mappings: String?
    @Option(
        name: .long, help: ArgumentHelp("Without --config: another mapping than default.", valueName: "name"))
    var mapping: String?
    @Flag(name: .long, help: "Leave out all values: only names, places and decisions.")
    var redact = false
    @Flag(name: .long, help: "Show each order as FHIR resources too.")
    var fhir = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !redact || !fhir else { throw ValidationError("--redact and --fhir exclude each other") }
        guard config == nil || (mappings == nil && mapping == nil) else {
            throw ValidationError("--mappings and --mapping are for use without --config")
        }
        guard config != nil || source == nil else { throw ValidationError("--source needs --config") }
    }

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let trial = try trial()
            var results: [JSONValue] = []
            var refused = 0
            var unread = 0
            for file in files {
                let found: [[UInt8]]
                do throws(CommandFailure) {
                    found = try MapInput.messages(in: file)
                } catch {
                    unread += 1
                    output.json
                        ? results.append([
                            "file": .string(file),
                            "error": ["code": .string(error.code), "message": .string(error.message)],
                        ])
                        : error.report(json: false)
                    continue
                }
                for (index, bytes) in found.enumerated() {
                    let reading = try await trial.run(bytes)
                    if !reading.acknowledgment.isPositive { refused += 1 }
                    if output.json {
                        var object: JSONObject = ["file": .string(file), "message": .number(JSONNumber(index + 1))]
                        for (key, value) in reading.json(redacted: redact, withViews: fhir).object ?? [:] {
                            object[key] = value
                        }
                        results.append(.object(object))
                    } else {
                        let title = "\(Terminal.safe(file)), message \(index + 1)"
                        for line in ReadingText(reading, isRedacted: redact, showsViews: fhir).lines(title: title) {
                            print(line)
                        }
                    }
                }
            }
            if output.json { show(["ok": .bool(refused == 0 && unread == 0), "messages": .array(results)]) }
            guard unread == 0 else { throw ExitCodes.unusable }
            guard refused == 0 else { throw ExitCodes.found }
        }
    }

    private func trial() throws -> MessageTrial {
        if let config { return try MessageTrial(Configuration.load(path: config), source: source) }
        return try MessageTrial(mappings: MapInput.mappings(mappings), mapping: mapping ?? "default")
    }
}
