import ArgumentParser
import Foundation
import Gateway
import JSON
import Sandbox
import Workflow

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Plays a pretend hospital: orders become reports, and things go wrong.",
        discussion: """
            Starts a pretend EHR, a pretend archive and a gateway on loopback, sends orders by HL7 v2 and shows the \
            life of each, the reports and the verification of the audit log. Patients are invented and images generated; research \
            software, not a medical device, not for clinical use.

            Example:
              imaging-gateway demo --only wrong-patient --only ehr-down
            """)

    @Option(
        name: .long, help: "Where configuration, data, reports and logs are left; replaced by the next demo.",
        completion: .directory)
    var out = "imaging-gateway-demo"

    @Option(
        name: .long, help: "Mutual TLS everywhere, with the files that `make certs` wrote to this folder.",
        completion: .directory)
    var tls: String?

    @Option(
        name: .long, help: "Only this scenario; may be repeated. See --list.",
        completion: .list(Scenario.all.map(\.name)))
    var only: [String] = []

    @Flag(name: .long, help: "Lists the scenarios and ends.")
    var list = false

    @Flag(name: .long, help: "Leaves the pretend EHR open in the end, to look at its pages, until Ctrl-C.")
    var stay = false

    @Option(name: .long, help: "The mappings that ship, if they are not found by themselves.", completion: .directory)
    var mappings: String?

    @Option(name: .long, help: "Makes patients and images; the same seed makes the same ones.")
    var seed: UInt64 = 20_261_121

    @OptionGroup var output: OutputOptions

    private var json: Bool { output.json }

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out takes a folder") }
        _ = try chosen()
    }

    func run() async throws {
        if list { return listScenarios() }
        let scenarios = try chosen()
        let began = ContinuousClock.now
        let stage = Stage(isQuiet: json)
        stage.block(
            """
            imaging-gateway demo: invented patients, generated images. Research software, not a medical device, not for \
            clinical use; what the model says about a generated image says nothing about the model.
            """)
        let result = try await withGatewayErrors(json: json) {
            do {
                return try await demonstration(scenarios, stage).play()
            } catch let failure as DemoFailure {
                throw failure.failure
            } catch let failure as SandboxFailure {
                throw DemoFailure.hospital(failure.description).failure
            } catch  where !(error is ConfigurationError || error is AdapterError || error is CancellationError) {
                throw DemoFailure.system("\(error)").failure
            }
        }
        if json { return try finish(result) }
        farewell(stage, began, result)
        guard result["ok"]?.bool == true else { throw ExitCodes.found }
    }

    private func chosen() throws -> [Scenario] {
        guard !only.isEmpty else { return Scenario.all }
        return try only.map { name in
            guard let scenario = Scenario.all.first(where: { $0.name == name }) else {
                throw ValidationError("no scenario is called \(name); `imaging-gateway demo --list` names them")
            }
            return scenario
        }
    }

    private func demonstration(_ scenarios: [Scenario], _ stage: Stage) throws -> Demonstration {
        let certificates = try tls.map { folder in
            let absolute = URL(fileURLWithPath: folder).standardizedFileURL.path
            let files = SandboxTLS(folder: absolute)
            guard files.isUsable else { throw DemoFailure.certificatesMissing(folder) }
            return files
        }
        let ports = try LoopbackPort.free(6)
        return Demonstration(
            folder: try DemoFolder(out),
            settings: SandboxSettings(
                ehrPort: ports[0], archivePort: ports[1], resultPort: ports[2], gatewayPort: ports[3],
                tls: certificates, seed: seed, expectsResults: true),
            adminPort: ports[4], hookPort: ports[5], stage: stage, scenarios: scenarios, stays: stay,
            mappings: mappings)
    }

    private func listScenarios() {
        let width = Scenario.all.map(\.name.count).max() ?? 0
        for scenario in Scenario.all {
            print("\(scenario.name.padding(toLength: width + 2, withPad: " ", startingAt: 0))\(scenario.title)")
        }
    }

    private func finish(_ result: JSONObject) throws {
        show(.object(result))
        guard result["ok"]?.bool == true else { throw ExitCodes.found }
    }

    private func farewell(_ stage: Stage, _ began: ContinuousClock.Instant, _ result: JSONObject) {
        let folder = DemoFolder.shown(result["folder"]?.string ?? out)
        let program = OwnCommand.quoted(CommandLine.arguments.first ?? "imaging-gateway")
        let patient = result["scenarios"]?[0]?["orders"]?[0]?["patient"]?.string ?? "…"
        stage.heading("Done in \(Int((ContinuousClock.now - began) / .seconds(1))) s; nothing is left running.")
        stage.block(
            """
            What it left in \(folder):
              reports/*.html   the reports as pages of the pretend EHR; open one in a browser
              reports/*.png    the heat maps
              gateway/         configuration, keys, data, checkpoints: what `init` and `serve` made

            What to try next:
              \(program) demo --only wrong-patient --stay
                  one scenario, then the pages of the pretend EHR in your browser
              \(program) audit show --patient 'hospital|\(patient)' \\
                  --config \(OwnCommand.quoted("\(folder)/gateway/gateway.yaml"))
                  who touched this patient's data
              make demo TLS=1
                  the same with mutual TLS on every connection
              docs/operate/quickstart.md
                  your own archive and EHR, step by step
            """)
    }
}
