import ArgumentParser
import Foundation
import Gateway
import JSON

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes a new installation: a commented configuration, its keys and a copy of the mappings.",
        discussion: """
            On a terminal it asks few questions, each with a default; what is given as an option is not asked. With \
            --yes, with --json, or when standard input is no terminal, nothing is asked: four answers are needed then, \
            --ehr, --archive, --patient-namespace and --patient-system.

            Nothing is ever overwritten. Everything lies in one folder, made with mode 0700: gateway.yaml, keys.yaml, mappings/, \
            checkpoints/, and with --fhir-port hook.secret; serve makes data/. The mappings that ship with the program \
            are copied, because they are yours to edit and must not change with an update. Paths in options count from \
            the current folder.

            Examples:
              imaging-gateway init
              imaging-gateway init --yes \\
                --ehr http://127.0.0.1:8080/fhir \\
                --archive http://127.0.0.1:8042/dicom-web \\
                --archive-user gateway --archive-password-file ./password \\
                --patient-namespace HOSP --patient-system urn:oid:2.999.1
            """)

    @Option(name: .long, help: ArgumentHelp("The folder to make.", valueName: "folder"), completion: .directory)
    var folder = "gateway"
    @Flag(name: .long, help: "Ask nothing.")
    var yes = false
    @OptionGroup var output: OutputOptions

    @OptionGroup(title: "EHR") var ehr: EHRAnswers
    @OptionGroup(title: "Archive") var archive: ArchiveAnswers
    @OptionGroup(title: "Identifiers") var identifiers: IdentifierAnswers
    @OptionGroup(title: "Listeners and orders") var listeners: ListenerAnswers

    func run() throws {
        try withGatewayErrors(json: output.json) {
            var answers = SetupAnswers()
            answers.folder = folder
            answers.timeZone = Self.timeZone
            let given = ehr.given.merging(archive.given) { one, _ in one }
                .merging(identifiers.given) { one, _ in one }.merging(listeners.given) { one, _ in one }
            for question in SetupQuestion.all {
                guard let answer = given[question.option] ?? nil else { continue }
                try question.answer(answer, in: &answers)
            }
            if !yes, !output.json, Terminal.isInteractive { try Interview(given: given).run(&answers) }
            let made = try InstallationSetup(answers).write()
            output.json ? show(json(made)) : tell(made)
        }
    }

    /// The machine's own zone, where it is one of the names that a source may have.
    private static var timeZone: String {
        let name = TimeZone.current.identifier
        return name.contains("/") && !["Etc/UTC", "Etc/GMT"].contains(name) ? name : "Z"
    }

    private func tell(_ made: InstallationSetup.Made) {
        print("Made, for installation \(made.installation):")
        let width = made.files.map(\.path.count).max() ?? 0
        for file in made.files {
            print("  \(file.path.padding(toLength: width, withPad: " ", startingAt: 0))  \(file.purpose)")
        }
        print("\nNext:")
        for command in next(made) { print("  \(command)") }
    }

    private func next(_ made: InstallationSetup.Made) -> [String] {
        let path = made.configuration.contains(" ") ? "'\(made.configuration)'" : made.configuration
        return ["check", "serve"].map { "imaging-gateway \($0) --config \(path)" }
    }

    private func json(_ made: InstallationSetup.Made) -> JSONValue {
        [
            "ok": true, "configuration": .string(made.configuration), "installation": .string(made.installation),
            "files": .array(made.files.map { ["path": .string($0.path), "purpose": .string($0.purpose)] }),
            "next": .array(next(made).map { .string($0) }),
        ]
    }
}

/// Asks what was not given, one question at a time, and again when an answer cannot be right.
private struct Interview {
    let given: [String: String?]

    func run(_ answers: inout SetupAnswers) throws {
        print("A few questions. Enter takes the answer in brackets; Ctrl-C ends without writing anything.\n")
        for question in SetupQuestion.all where question.isAsked && given[question.option] ?? nil == nil {
            // Without a user there is no password, without a namespace no system.
            if question.option == "archive-password-file", answers.archive.user == nil { continue }
            if question.option == "placer-system", answers.placerNamespace == nil { continue }
            if question.option == "filler-system", answers.fillerNamespace == nil { continue }
            try ask(question, &answers)
        }
    }

    private func ask(_ question: SetupQuestion, _ answers: inout SetupAnswers) throws {
        print(question.words)
        if !question.why.isEmpty { print("  \(question.why)") }
        while true {
            let standing = question.answer(in: answers)
            guard let line = Terminal.ask(standing.map { "  [\($0)] > " } ?? "  > ") else {
                throw CommandFailure(
                    "setup.answerMissing", "the input ended before all questions were answered", exit: ExitCodes.usage)
            }
            do throws(SetupError) {
                let isEmpty = line.allSatisfy(\.isWhitespace)
                try question.answer(isEmpty ? standing : line, in: &answers)
                if question.option == "archive-user", answers.archive.user == nil { answers.archive.passwordFile = nil }
                print("")
                return
            } catch {
                print("  \(error.explanation)")
            }
        }
    }
}
