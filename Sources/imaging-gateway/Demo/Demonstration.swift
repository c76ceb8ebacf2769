import Foundation
import Gateway
import JSON
import Sandbox
import Workflow

/// The pretend hospital and a gateway of its own, from the first question of `init` to the last checkpoint.
struct Demonstration {
    let folder: DemoFolder
    let settings: SandboxSettings
    let adminPort: Int
    let hookPort: Int
    let stage: Stage
    let scenarios: [Scenario]
    /// Waits for the end of the audience's interest, after the last scenario.
    let stays: Bool
    /// Where the mappings that ship are; nil for beside the program.
    let mappings: String?

    /// Plays everything; an object with what came of it.
    func play() async throws -> JSONObject {
        let hospital = PretendHospital(settings)
        let gateway = GatewayProcess(configuration: folder.configuration, log: folder.log)
        defer { gateway.stop() }
        return try await withThrowingTaskGroup(of: JSONObject?.self) { group in
            group.addTask {
                try await hospital.run()
                return nil
            }
            group.addTask {
                try await until("opening the pretend hospital") { await hospital.isOpen }
                return try await perform(in: hospital, gateway)
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw DemoFailure.timedOut("the pretend hospital")
        }
    }

    private func perform(in hospital: PretendHospital, _ gateway: GatewayProcess) async throws -> JSONObject {
        try configure()
        try await start(gateway)
        try await hospital.subscribe(
            endpoint: "\(settings.tls == nil ? "http" : "https")://127.0.0.1:\(hookPort)/fhir",
            authorization: try hookAuthorization())
        try run(["check", "--config", folder.configuration])
        let installation = try DemoInstallation(configuration: folder.configuration)
        let underPlay = GatewayUnderPlay(
            order: { try await installation.fate(ofAccession: $0) },
            retry: { accession in
                guard let order = try await installation.order(accession: accession) else { return }
                let result = try OwnCommand(
                    arguments: ["orders", "retry", order.id.value, "--config", folder.configuration]
                ).run()
                guard result.status == 0 else { throw DemoFailure.commandFailed("orders retry") }
            },
            kill: { gateway.kill() }, start: { try await start(gateway) })
        let programme = Programme(
            hospital: hospital, gateway: underPlay, installation: installation, folder: folder, stage: stage)
        var outcomes: [JSONValue] = []
        for (number, scenario) in scenarios.enumerated() {
            outcomes.append(.object(try await programme.show(scenario, number: number + 1, of: scenarios.count)))
        }
        let asPromised = outcomes.filter { $0["asPromised"]?.bool == true }.count
        stage.heading("\(asPromised) of \(scenarios.count) scenarios ended as promised")
        if stays { try await stay() }
        gateway.stop()
        stage.heading("The audit log, verified with the public key alone (the gateway is stopped)")
        let isIntact = try run(["audit", "verify", "--config", folder.configuration]) == 0
        if let patient = outcomes.first?["orders"]?[0]?["patient"]?.string {
            stage.heading("Who touched the first patient's data (the question itself is recorded first)")
            try run(["audit", "show", "--config", folder.configuration, "--patient", "hospital|\(patient)"])
        }
        return [
            "ok": .bool(isIntact && asPromised == scenarios.count), "scenarios": .array(outcomes),
            "auditLogIntact": .bool(isIntact), "folder": .string(folder.path),
        ]
    }

    // MARK: - The gateway

    /// `init`, and then what makes a demonstration short: nobody wants to wait a minute for one more image.
    private func configure() throws {
        stage.heading("A gateway is set up for the pretend hospital")
        let arguments =
            ["init", "--yes", "--folder", folder.installation] + settings.initArguments
            + ["--admin-port", "\(adminPort)", "--fhir-port", "\(hookPort)", "--delivery", "on"]
            + (mappings.map { ["--mappings", $0] } ?? [])
        try run(arguments, isEssential: true)
        let file = URL(fileURLWithPath: folder.configuration)
        let written = try String(contentsOf: file, encoding: .utf8)
        let hastened =
            written.replacing(#/#?settleTime: [0-9a-z]+/#, with: "settleTime: 1s")
                + """

                # Added by the demonstration, so that nobody has to wait long for a peer that was away.
                retry: {maxInterval: 1s}

                # The same results as HL7 v2 (ORU^R01), for a ward that speaks nothing else.
                \(settings.resultsSection)
                """
        try Data(hastened.utf8).write(to: file)
    }

    private func start(_ gateway: GatewayProcess) async throws {
        let probe = HealthProbe(port: adminPort)
        try await gateway.start { await probe.ask() }
    }

    private func hookAuthorization() throws -> String {
        let secret = try String(contentsOfFile: "\(folder.installation)/hook.secret", encoding: .utf8)
        return "Bearer \(secret.trimmingCharacters(in: .whitespacesAndNewlines))"
    }

    /// Shows a command of this program and what it says; its exit code.
    @discardableResult
    private func run(_ arguments: [String], isEssential: Bool = false) throws -> Int32 {
        let command = OwnCommand(arguments: arguments)
        stage.command(command.lines)
        let result = try command.run()
        // What `init` says to do next is done here.
        let output = result.output.split(separator: "\nNext:", maxSplits: 1).first.map(String.init) ?? ""
        if stage.isQuiet, result.status != 0, isEssential { complain(output) }
        stage.block(output.trimmingCharacters(in: .newlines))
        guard result.status == 0 || !isEssential else {
            throw DemoFailure.commandFailed(arguments[0])
        }
        return result.status
    }

    private func stay() async throws {
        let words = "The pretend EHR stays open: \(settings.page)"
        stage.isQuiet ? complain(words) : stage.heading(words)
        stage.note("Ctrl-C ends everything.")
        await Interruption.wait()
    }
}

/// Asks until the answer is yes, for at most a minute.
func until(_ what: String, _ isSo: () async -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while await !isSo() {
        guard ContinuousClock.now < deadline else { throw DemoFailure.timedOut(what) }
        try await Task.sleep(for: .milliseconds(20))
    }
}
