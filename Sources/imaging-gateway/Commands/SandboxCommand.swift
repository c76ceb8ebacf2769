import ArgumentParser
import Foundation
import JSON
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "A pretend hospital to try a gateway on: EHR, archive, orders, generated radiographs.",
        discussion: "Invented patients and generated images, in memory and on loopback only. Not for clinical use.",
        subcommands: [Open.self, Radiograph.self], defaultSubcommand: Open.self)

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens the hospital until Ctrl-C, for a gateway that you run yourself.",
            discussion: """
                It says how `init` sets up a gateway for it. Serve that gateway in another terminal, then open the \
                pretend EHR's page in a browser.

                Example:
                  imaging-gateway sandbox open --orders 5 --every 10
                """)

        @Option(name: .long, help: "FHIR under /fhir, the web page under /.")
        var ehrPort = 8070
        @Option(name: .long, help: "DICOMweb under /dicom-web.")
        var archivePort = 8071
        @Option(name: .long, help: "Takes results by HL7 v2 (ORU^R01 over MLLP).")
        var resultPort = 2576
        @Option(name: .long, help: "Where the gateway takes orders (MLLP).")
        var gatewayPort = 2575
        @Option(
            name: .long, help: "Mutual TLS, with the files that `make certs` wrote to this folder.",
            completion: .directory)
        var tls: String?
        @Option(name: .long, help: "Sends so many orders, each for a new patient with an image.")
        var orders = 0
        @Option(name: .long, help: "Seconds between two orders.")
        var every = 10
        @Option(name: .long, help: "Makes patients and images; the same seed makes the same ones.")
        var seed: UInt64 = 20_261_121

        func validate() throws {
            let ports = [ehrPort, archivePort, resultPort, gatewayPort]
            guard ports.allSatisfy((1...65535).contains), Set(ports).count == ports.count else {
                throw ValidationError("the four ports are different numbers from 1 to 65535")
            }
            guard orders >= 0, every >= 0 else { throw ValidationError("--orders and --every are not negative") }
        }

        func run() async throws {
            let certificates = tls.map { SandboxTLS(folder: URL(fileURLWithPath: $0).standardizedFileURL.path) }
            guard certificates?.isUsable ?? true else {
                return try withGatewayErrors { throw DemoFailure.certificatesMissing(tls ?? "").failure }
            }
            let settings = SandboxSettings(
                ehrPort: ehrPort, archivePort: archivePort, resultPort: resultPort, gatewayPort: gatewayPort,
                tls: certificates, seed: seed)
            let hospital = PretendHospital(settings)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await hospital.run() }
                    group.addTask {
                        try await until("opening the pretend hospital") { await hospital.isOpen }
                        let stage = Stage(isQuiet: false)
                        introduce(settings, stage)
                        try await send(hospital, stage)
                        await Interruption.wait()
                    }
                    try await group.next()
                    group.cancelAll()
                }
            } catch  where !(error is CancellationError) {
                try withGatewayErrors { throw (error as? DemoFailure ?? .notOpen).failure }
            }
        }

        private func introduce(_ settings: SandboxSettings, _ stage: Stage) {
            stage.say("The pretend hospital is open (invented patients, generated images, not for clinical use).")
            stage.say(
                "  EHR page   \(settings.page)\n  FHIR       \(settings.ehrBase)\n  DICOMweb   \(settings.archiveBase)")
            if settings.tls != nil { stage.say("  (with mutual TLS: a browser needs the client certificate)") }
            stage.say("Set up a gateway for it, and serve it in another terminal:")
            let arguments =
                ["init", "--yes", "--folder", "sandbox-gateway"] + settings.initArguments + ["--delivery", "on"]
            let lines = OwnCommand(arguments: arguments).lines
            for line in lines { stage.say("  " + (line.hasPrefix("$ ") ? String(line.dropFirst(2)) : line)) }
            stage.say("To get its results by HL7 v2 too (ORU^R01), add to sandbox-gateway/gateway.yaml:")
            stage.block(settings.resultsSection)
            stage.say("Then serve it:")
            stage.say("  imaging-gateway serve --config sandbox-gateway/gateway.yaml")
            stage.say("A report comes a good minute after its order: the gateway waits `settleTime` for more images.")
            stage.say("Ctrl-C closes it.")
        }

        private func send(_ hospital: PretendHospital, _ stage: Stage) async throws {
            for number in 0..<orders {
                try await Task.sleep(for: .seconds(every))
                do {
                    let placed = try await hospital.placeOrder(hasOpacity: number % 2 == 1)
                    stage.say("order \(placed.accessionNumber) sent, answered \(placed.acknowledgment)")
                } catch let failure as SandboxFailure {
                    stage.say("an order was not sent: \(failure.description)")
                } catch  where !(error is CancellationError) {
                    stage.say("an order was not taken: is the gateway serving on port \(gatewayPort)?")
                }
            }
        }
    }

    struct Radiograph: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes one generated chest radiograph as a DICOM file, for a patient and an order of yours.",
            discussion: """
                A phantom, not a person: what the model says about it says nothing about the model.

                Example:
                  imaging-gateway sandbox radiograph --out chest.dcm --patient-id 4711 --issuer HOSP --accession A1 \
                --family Doe --given Jo --birth-date 20230405 --sex F --opacity right
                """)

        enum Lung: String, ExpressibleByArgument, CaseIterable { case left, right }
        enum Sex: String, ExpressibleByArgument, CaseIterable { case female = "F", male = "M", other = "O" }

        @Option(name: .long, help: "The file; never overwritten.", completion: .file(extensions: ["dcm"]))
        var out: String
        @Option(name: .long, help: "Patient ID (0010,0020).")
        var patientID: String
        @Option(name: .long, help: "Issuer of Patient ID (0010,0021); empty for none.")
        var issuer = ""
        @Option(name: .long, help: "Family name.")
        var family = "Phantom"
        @Option(name: .long, help: "Given name.")
        var given = "Test"
        @Option(name: .long, help: "Birth date, YYYYMMDD.")
        var birthDate: String
        @Option(name: .long, help: "F, M or O.")
        var sex = Sex.other
        @Option(name: .long, help: "Accession Number (0008,0050).")
        var accession: String
        @Option(name: .long, help: "Study Instance UID; a new one if left out.")
        var study: String?
        @Option(name: .long, help: "An opacity in this lung.")
        var opacity: Lung?
        @Flag(name: .long, help: "A lateral view.")
        var lateral = false
        @Option(name: .long, help: "Varies the anatomy.")
        var seed: UInt64 = 1
        @OptionGroup var output: OutputOptions

        func run() throws {
            try withGatewayErrors(json: output.json) {
                let radiograph = try radiograph()
                guard !FileManager.default.fileExists(atPath: out) else {
                    throw CommandFailure(
                        "radiograph.exists", "\(out) exists and is not overwritten", exit: ExitCodes.unusable)
                }
                do {
                    try Data(radiograph.file).write(to: URL(fileURLWithPath: out), options: .withoutOverwriting)
                } catch {
                    throw CommandFailure("radiograph.notWritten", "\(out) cannot be written", exit: ExitCodes.unusable)
                }
                output.json
                    ? show(["file": .string(out), "studyInstanceUID": .string(radiograph.studyInstanceUID)])
                    : print("\(out): a generated phantom, study \(radiograph.studyInstanceUID)")
            }
        }

        private func radiograph() throws -> PretendRadiograph {
            do {
                return try PretendRadiograph(
                    patientID: patientID, issuer: issuer, family: family, given: given, birthDate: birthDate,
                    sex: sex.rawValue,
                    accession: accession, studyInstanceUID: study, opacity: opacity?.rawValue, isLateral: lateral,
                    seed: seed)
            } catch {
                let words =
                    switch error {
                    case .birthDate: "--birth-date takes a day of the past, written YYYYMMDD"
                    case .studyInstanceUID: "--study takes a DICOM UID"
                    case .value: "a value is empty, too long or not allowed in DICOM"
                    }
                throw CommandFailure("radiograph.\(error.rawValue)", words, exit: ExitCodes.usage)
            }
        }
    }
}
