import ArgumentParser
import Gateway

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks everything that serve needs, and reaches every peer.",
        discussion: """
            One line for each thing looked at: ✓ in order, ! a warning, ✗ a problem with its remedy, – not looked at. \
            It runs before the first serve and beside a running one, makes no file or folder, and asks no peer for \
            anything about a patient: the EHR is searched for a patient and the archive for a study that cannot exist.

            Whether the EHR lets the gateway write is told from what its metadata claims, and tried with the gateway's \
            own Device: a description of the model, without patient data, created only if it is not there yet, in a \
            transaction as each report begins with. That proves that transactions and Devices are allowed, not that \
            reports are. It is tried where delivery is on; in shadow nothing is written to the EHR unless --write says \
            so.

            Exit codes: 0 no problem (warnings are none), 2 a problem of data folder, port, peer or clock, 78 a \
            problem of the configuration or of the files it names.

            Examples:
              imaging-gateway check --config /etc/imaging-gateway/gateway.yaml
              imaging-gateway check --config gateway.yaml --write --json
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(
        inversion: .prefixedNo,
        help: "Try to write the gateway's Device to the EHR, or not (default: only where delivery is on).")
    var write: Bool?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let trial: InstallationCheck.WriteTrial =
            switch write {
            case true?: .always
            case false?: .never
            case nil: .whenDelivering
            }
        let report = await InstallationCheck(path: options.config, write: trial).run()
        if output.json {
            show(report.json)
        } else {
            let style: MarkStyle = !Terminal.hasUnicode ? .words : Terminal.hasColour ? .colouredSymbols : .symbols
            for line in report.lines(style) { print(line) }
        }
        switch report.verdict {
        case .passed: return
        case .configuration: throw ExitCodes.configuration
        case .surroundings: throw ExitCodes.unusable
        }
    }
}
