import ArgumentParser
import Foundation

/// The program: one subcommand per file in `Commands`.
@main
struct ImagingGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imaging-gateway",
        abstract: "Puts an imaging AI model between orders, archive and EHR, with an audit log that verifies.",
        discussion: """
            An order arrives (HL7 v2 or FHIR), the study is fetched over DICOMweb, de-identified, classified, and a \
            preliminary DiagnosticReport is posted to the EHR. The bundled model is a demonstration: not a medical \
            device, not for clinical use.

            Exit codes: 0 done, 1 the command found a problem (verification failed, order not found), 2 a peer or the \
            data folder is not usable, 64 wrong usage, 78 wrong configuration.
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, CheckCommand.self, OrdersCommand.self, AuditCommand.self, ClassifyCommand.self,
            KeysCommand.self,
        ])
}
