import ArgumentParser
import Foundation
import Gateway
import ImageClassifier
import JSON
import Mapping
import Reporting

struct ModelVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks a model's folder as the gateway does at its start, and more.",
        usage: """
            imaging-gateway model verify [<model>] [--sha256 <digits>] [--description-sha256 <digits>] [--write-selftest <file>] [--json]
            """,
        discussion: """
            Every check with its result: description, licence, card and weights by their hashes, format, preprocessing, \
            operations, networks, calibration, both gates, words of the reports, routing. Then the self-test of the \
            folder, if it has one: images that a formula draws must give the very bits that it says, on every machine.

            --sha256 is the digest of the weights as the vendor gave it by another way than the folder, \
            --description-sha256 that of model.json, which holds routing, codes and words of the reports. \
            --write-selftest writes what the model gives on this machine as a new selftest.json.

            Exit code 1: something is wrong; the gateway would not start with the model, or it does not give what it \
            should. The codes stand in docs/operate/errors.md.

            Examples:
              imaging-gateway model verify ./vendor-model --sha256 4c5d733ff45054b2e9316a599c80286514c15fa27d4d7a32ec3e1d3fbf4014a5
              imaging-gateway model verify --json
            """)

    @Argument(help: "A model's folder, or the id of a bundled model; without it the one that answers by default.")
    var model: String?
    @Option(name: .long, help: ArgumentHelp("SHA-256 that the weights must have.", valueName: "digits"))
    var sha256: String?
    @Option(
        name: .customLong("description-sha256"),
        help: ArgumentHelp("SHA-256 that model.json must have.", valueName: "digits"))
    var descriptionSHA256: String?
    @Option(
        name: .customLong("write-selftest"),
        help: ArgumentHelp("Write a self-test that this model passes; the file must be new.", valueName: "file"),
        completion: .file())
    var selfTestFile: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try withGatewayErrors(json: output.json) {
            let folder = try ModelFolder.path(model)
            let verification = ModelVerification(
                folder: folder, expectedSHA256: sha256, descriptionSHA256: descriptionSHA256)
            let lines = verification.items.map(Line.init) + Self.words(verification.model)
            let isRight = lines.allSatisfy { $0.status != .problem }
            if output.json {
                show([
                    "ok": .bool(isRight), "folder": .string(folder),
                    "id": verification.model.map { .string($0.identity.id) } ?? .null,
                    "sha256": verification.model.map { .string($0.identity.weightsDigest) } ?? .null,
                    "descriptionSHA256": verification.model.map { .string($0.descriptionDigest) } ?? .null,
                    "checks": .array(lines.map(\.json)),
                ])
            } else {
                for line in lines { print(Terminal.safe(line.text)) }
                if let model = verification.model {
                    print("weights    \(model.identity.weightsDigest)\nmodel.json \(model.descriptionDigest)")
                }
            }
            if let selfTestFile, let model = verification.model { try write(model, to: selfTestFile) }
            guard isRight else { throw ExitCodes.found }
        }
    }

    private func write(_ model: ModelBundle, to file: String) throws {
        do {
            try Data(try model.selfTest()).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
        } catch {
            throw CommandFailure("file.notWritten", "the self-test cannot be written", exit: ExitCodes.unusable)
        }
    }

    /// What other parts of the program read in the folder.
    private static func words(_ model: ModelBundle?) -> [Line] {
        guard let model else {
            return ["report", "routing"].map {
                Line(name: $0, status: .skipped, message: "not looked at, for the model cannot be used")
            }
        }
        var lines: [Line] = []
        do throws(ReportingError) {
            _ = try ReportTemplate(of: model)
            lines.append(Line(name: "report", status: .ok))
        } catch {
            lines.append(
                Line(
                    name: "report", status: .problem, code: "reporting.\(error.code.rawValue)",
                    message: ModelWords.text(of: error)))
        }
        do throws(MappingError) {
            _ = try ModelRule(of: model)
            lines.append(Line(name: "routing", status: .ok))
        } catch {
            lines.append(
                Line(
                    name: "routing", status: .problem, code: "mapping.\(error.code.rawValue)",
                    message: ModelWords.text(of: error)))
        }
        return lines
    }
}

/// One check as it is shown.
private struct Line {
    let name: String
    let status: ModelVerification.Item.Status
    var code: String?
    var message = ""

    init(name: String, status: ModelVerification.Item.Status, code: String? = nil, message: String = "") {
        self.name = name
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ item: ModelVerification.Item) {
        self.init(
            name: item.name, status: item.status, code: item.error.map { "classifier.\($0.code.rawValue)" },
            message: item.error.map(ModelWords.text) ?? item.detail)
    }

    var text: String {
        let mark =
            switch status {
            case .ok: "✓"
            case .problem: "✗"
            case .skipped: "-"
            }
        return "\(mark) \(name)\(message.isEmpty ? "" : ": \(message)")"
    }

    var json: JSONValue {
        [
            "name": .string(name), "status": .string(status.rawValue), "code": code.map { .string($0) } ?? .null,
            "message": .string(message),
        ]
    }
}
