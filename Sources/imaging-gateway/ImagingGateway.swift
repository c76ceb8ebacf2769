import ArgumentParser
import Foundation

/// The program: one subcommand per file in `Commands`.
@main
struct ImagingGateway: AsyncParsableCommand {
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
        // An answer that did not arrive whole is no answer: a full disk must not end with success.
        guard fflush(nil) == 0 else {
            complain(
                "the answer could not be written whole: the disk is full, or the reader went away [output.incomplete]")
            Foundation.exit(2)
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "imaging-gateway",
        abstract: "Puts an imaging AI model between orders, archive and EHR, with an audit log that verifies.",
        discussion: """
            An order arrives (HL7 v2 or FHIR), the study is fetched over DICOMweb, de-identified, classified, and a \
            preliminary DiagnosticReport is posted to the EHR. The bundled model is a demonstration: not a medical \
            device, not for clinical use.

            To begin: init, check, serve. Exit codes: 0 done, 1 the command found what it looks for (a log that is not \
            intact, a message that would be refused), 2 a peer, a port, a file or the data folder is not usable, 64 \
            wrong usage, 77 the account may not do this, 78 wrong configuration. Completion for the shell: --generate-completion-script bash, zsh or \
            fish.
            """,
        version: "0.1.0",
        subcommands: [DecodeWorkerCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "First steps", subcommands: [DemoCommand.self, SandboxCommand.self]),
            CommandGroup(name: "Setup", subcommands: [InitCommand.self, CheckCommand.self, KeysCommand.self]),
            CommandGroup(
                name: "Operation",
                subcommands: [
                    ServeCommand.self, OrdersCommand.self, ExportsCommand.self, AuditCommand.self, BackupCommand.self,
                    RestoreCommand.self, WitnessCommand.self,
                ]),
            CommandGroup(
                name: "Trial",
                subcommands: [MapCommand.self, ModelCommand.self, ClassifyCommand.self, DeidentifyCommand.self]),
        ])
}
