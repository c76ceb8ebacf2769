import ArgumentParser
import Gateway
import JSON
import Mapping

struct MapLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Checks all files of a mappings folder without starting anything.",
        usage: "imaging-gateway map lint [<folder>] [--config <file>] [--strict] [--json]",
        discussion: """
            Errors are what serve would refuse: each with file, key path and line. Warnings are what a file may say but \
            hardly means: a code map that nobody names, a place that is never reached, a field that the segment does \
            not have, a routing rule that can never claim an order.

            With --config the folder is the configuration's, unless one is named, and its sources are read as serve \
            reads them.

            Exit code 1: there are errors, or with --strict anything at all.

            Examples:
              imaging-gateway map lint ./mappings
              imaging-gateway map lint --config gateway.yaml --strict
            """)

    @Argument(help: "The folder; the mappings that ship if none is named.", completion: .directory)
    var folder: String?
    @Option(
        name: .long, help: ArgumentHelp("Check with the sources of this configuration.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @Flag(name: .long, help: "Warnings count as errors.")
    var strict = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        try withGatewayErrors(json: output.json) {
            let configuration = try config.map { try Configuration.load(path: $0) }
            let folder = try folder ?? configuration?.mappings ?? MapInput.mappings(nil)
            let check = try MappingFolderCheck(folder: folder, configuration: configuration)
            let isRight = strict ? check.findings.isEmpty : !check.hasErrors
            if output.json {
                show([
                    "ok": .bool(isRight), "folder": .string(folder), "files": .number(JSONNumber(check.files)),
                    "findings": check.json,
                ])
            } else {
                for finding in check.findings {
                    let line = finding.line.map { ":\($0)" } ?? ""
                    let place = finding.keyPath.map { "\($0): " } ?? ""
                    let mark = finding.severity == .error ? "✗" : "!"
                    print(
                        "\(mark) \(Terminal.safe("\(finding.file)\(line): \(place)\(MappingFolderCheck.words(finding))")) "
                            + "[mapping.\(finding.code)]")
                }
                let errors = check.findings.count { $0.severity == .error }
                print("\(check.files) files, \(errors) errors, \(check.findings.count - errors) warnings")
            }
            guard isRight else { throw ExitCodes.found }
        }
    }
}
