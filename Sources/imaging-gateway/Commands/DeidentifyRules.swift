import ArgumentParser
import DICOM
import DecodeWorker
import Deidentification
import FileDeidentification
import Foundation
import Gateway
import Sealing

/// How files are de-identified: profile, pseudonyms, and who can lead them back.
struct DeidentifyRules: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A profile by its name, or a file with one; `classifier` if left out.", valueName: "name|file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var profile: String?
    @Option(
        name: .long, help: ArgumentHelp("A key file, so that UIDs are the same in every run.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var keys: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Random pseudonyms, and this sealed list of whose they are; needs --keys.", valueName: "file"),
        completion: .file())
    var crosswalk: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Seals the original header into each image for this certificate (PEM).", valueName: "file"),
        completion: .file(extensions: ["pem", "crt"]))
    var recipient: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "When pixels are searched for text: never, risky or always; else as the profile says.", valueName: "when"),
        completion: .list(TextGate.allCases.map(\.rawValue)), transform: Self.gate)
    var textGate: TextGate?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder with burned-in.yaml and masks/ for text in pixels; else that of the mappings, or the built-in rules.",
            valueName: "folder"), completion: .directory)
    var pixelRules: String?

    func validate() throws {
        if let pixelRules, !PixelRuleFiles.isFolder(pixelRules) {
            throw ValidationError(
                "--pixel-rules: \(pixelRules) is no folder with burned-in.yaml or masks/")
        }
        if crosswalk != nil, keys == nil { throw ValidationError("--crosswalk needs --keys") }
    }

    /// Throws `CommandFailure` with what cannot be used.
    func settings(output: String, jobs: Int, mappings: String?) throws -> RunSettings {
        let profile = try profile.map { try ProfileFiles.read($0, mappings: mappings) } ?? Self.classifier()
        if profile.pseudonymKind == .random, crosswalk == nil {
            throw CommandFailure(
                "deidentification.crosswalkMissing", "the profile wants random pseudonyms: name a --crosswalk for them",
                exit: ExitCodes.usage)
        }
        let ring = try keys.map { try KeyFile.load(path: $0) }
        if ring == nil { complain("no --keys: the UIDs are made with a key that is thrown away afterwards") }
        let worker: WorkerFrameDecoder
        do {
            worker = try WorkerFrameDecoder(limits: WorkerLimits(children: jobs))
        } catch {
            throw CommandFailure("dicom.\(error.code.rawValue)", "DCMTK cannot be used", exit: ExitCodes.unusable)
        }
        var settings = RunSettings(
            profile: profile, pseudonyms: try pseudonyms(ring), decoder: worker, detector: worker,
            burnedIn: try PixelRuleFiles.policy(
                gate: textGate ?? profile.textGate, folder: pixelRules ?? mappings.map { "\($0)/deidentification" }),
            output: output, jobs: jobs)
        settings.recipients = try recipients()
        settings.signingKey = ring?.certificateKeys.last
        settings.verifiers = ring?.certificateKeys.map(\.verifier) ?? []
        settings.messageRules = try MessageRuleFiles.rules(folder: mappings.map { "\($0)/deidentification" })
        return settings
    }

    private static func gate(_ word: String) throws -> TextGate {
        guard let gate = TextGate(rawValue: word) else { throw ValidationError("never, risky or always") }
        return gate
    }

    private static func classifier() throws -> DeidentificationProfile {
        do {
            return try DeidentificationProfile.classifier()
        } catch {
            throw CommandFailure(
                "deidentification.\(error.code.rawValue)", "the installation lacks its tables", exit: ExitCodes.unusable
            )
        }
    }

    private func pseudonyms(_ ring: KeyRing?) throws -> any PseudonymSource {
        guard let ring else { return try KeyRing.generate().pseudonyms }
        guard let crosswalk else { return ring.pseudonyms }
        do {
            let opened = try Crosswalk(path: crosswalk, keys: ring)
            if opened.unfinishedBytes > 0 {
                complain(
                    "the end of the crosswalk was not whole (\(opened.unfinishedBytes) bytes): a run ended while it wrote, "
                        + "or somebody shortened the file. If results of that run left, restore a copy of the file first"
                )
            }
            return opened
        } catch {
            throw CommandFailure(
                error.code.rawValue, "the crosswalk cannot be used", exit: ExitCodes.unusable)
        }
    }

    private func recipients() throws -> EnvelopeRecipients? {
        guard !recipient.isEmpty else { return nil }
        var pem: [UInt8] = []
        for path in recipient {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure("file.unreadable", "a certificate cannot be read", exit: ExitCodes.unusable)
            }
            pem += Array(data) + [0x0A]
        }
        do {
            return try EnvelopeRecipients(pem: pem)
        } catch {
            throw CommandFailure(
                "deidentification.\(error.code.rawValue)", "no certificate in PEM with a key that can be used",
                exit: ExitCodes.configuration)
        }
    }
}
