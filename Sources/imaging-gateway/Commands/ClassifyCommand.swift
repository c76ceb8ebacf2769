import ArgumentParser
import Audit
import DICOM
import DecodeWorker
import Deidentification
import Foundation
import Gateway
import ImageClassifier
import JSON
import Reporting
import Sealing
import Workflow

struct ClassifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Reads, de-identifies, gates and scores DICOM files, each as a study of its own.",
        usage: "imaging-gateway classify <paths> ... [--overlay <folder>] [--config <file>] [--json] [<options>]",
        discussion: """
            Demonstration only: not a medical device, not for clinical use. Nothing is sent, and nothing is stored but \
            the pictures of --overlay: the heat map over the image, with the notice on it, as a report carries it. An \
            image that is not scored (wrong age, view, modality …) has none. The picture is the radiograph itself: \
            keep it as such.

            With --config the audit log of that installation tells of each file before its result is shown: who, which \
            study and patient, what the model said. Without it no log knows of it.

            With --json one object for each file and line. Exit code 1: at least one file could not be read, or its picture not be written.

            Examples:
              imaging-gateway classify radiograph.dcm
              imaging-gateway classify study/ --overlay pictures --json
            """)

    @Argument(help: "DICOM files, or folders that are searched for them.", completion: .file())
    var paths: [String]

    @Flag(name: .long, help: "One JSON object per file and line.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write <file>.<8 digits>.overlay.png for each scored image into this folder.", valueName: "folder"),
        completion: .directory)
    var overlay: String?

    @Flag(
        name: .customLong("without-image-gate"),
        help: "Score images that do not resemble the training too: only to measure the network.")
    var withoutImageGate = false

    @OptionGroup var log: LogOptions

    func run() async throws {
        try await withGatewayErrors(json: json) {
            umask(0o077)
            let classifier = Classifier(model: try model(), policy: ScopePolicy(gatesImages: !withoutImageGate))
            let decoder = try WorkerFrameDecoder.ofThisProgram()
            let pseudonyms = try KeyRing.generate().pseudonyms
            let inputs = InputFiles(paths)
            try await log.withLog { log in try await classify(inputs, classifier, decoder, pseudonyms, log) }
        }
    }

    private func classify(
        _ inputs: InputFiles, _ classifier: Classifier, _ decoder: WorkerFrameDecoder, _ pseudonyms: Pseudonyms,
        _ log: CommandLog
    ) async throws {
        try await log.announce(.classifyRun, "classify", files: inputs.all.count)
        var failures = inputs.unreadable.count
        for folder in inputs.unreadable { tell(["path": .string(folder), "error": "folder.unreadable"]) }
        for path in inputs.all {
            let result = try await classify(path, classifier, decoder, pseudonyms, log)
            if result["error"] != nil || result["overlayError"] != nil { failures += 1 }
            tell(result)
        }
        guard failures == 0, !inputs.all.isEmpty else {
            if failures == 0 {
                throw CommandFailure("file.none", "there is no file to read", exit: ExitCodes.found)
            }
            throw ExitCodes.found
        }
    }

    private func model() throws -> ModelBundle {
        do {
            return try ModelBundle.bundled()
        } catch {
            throw CommandFailure(
                "classifier.\(error.code.rawValue)", "the bundled model cannot be used", exit: ExitCodes.unusable)
        }
    }

    private func tell(_ result: JSONObject) {
        print(json ? String(decoding: JSONValue.object(result).serialized(), as: UTF8.self) : line(result))
    }

    private func classify(
        _ path: String, _ classifier: Classifier, _ decoder: WorkerFrameDecoder, _ pseudonyms: Pseudonyms,
        _ log: CommandLog
    ) async throws(AdapterError) -> JSONObject {
        var result: JSONObject = ["path": .string(path)]
        var header: DataSet?
        var details: AuditDetails = [:]
        var finding: Finding?
        do {
            guard let data = FileManager.default.contents(atPath: path) else { throw ClassifyFailure.unreadable }
            let instance = try Instance(parsing: Array(data))
            header = instance.dataSet
            guard let uid = instance.dataSet.uid(.studyInstanceUID) else { throw ClassifyFailure.noStudy }
            let (study, _) = try deidentify(
                Study(studyInstanceUID: uid, instances: [instance]), pseudonyms: pseudonyms,
                pixels: PixelReader(decoder: decoder))
            let classification = try classifier.classify(study, decoder: decoder)
            describe(classification, in: &result)
            details = AuditDetails(classification, by: classifier.modelIdentity)
                .merging([.inputs: .digest(Digest.sha256(Array(data)).hex)])
            if case .finding(let found) = classification { finding = found }
        } catch let error as DICOMError {
            result["error"] = .string("dicom.\(error.code.rawValue)")
        } catch let error as DeidentificationError {
            result["error"] = .string("deidentification.\(error.code.rawValue)")
        } catch let error as ClassifierError {
            result["error"] = .string("classifier.\(error.code.rawValue)")
        } catch {
            result["error"] = .string("\(error)")
        }
        try await log.note(.classifyRun, "classify", of: header, code: result["error"]?.string, details: details)
        if let overlay, let finding {
            do throws(ClassifyFailure) {
                result["overlay"] = .string(try draw(finding, of: path, into: overlay))
            } catch {
                result["overlayError"] = .string(error.rawValue)
            }
        }
        return result
    }

    /// Writes the picture that a report would carry; the path it got.
    private func draw(
        _ finding: Finding, of path: String, into folder: String
    ) throws(ClassifyFailure) -> String {
        guard let png = try? FindingPicture.png(of: finding, maximumBytes: 64 << 20) else {
            throw .notWritten
        }
        // Exports have the same names in many folders.
        let place = Digest.sha256(Array(URL(fileURLWithPath: path).standardizedFileURL.path.utf8)).hex.prefix(8)
        let target = "\(folder)/\(URL(fileURLWithPath: path).lastPathComponent).\(place).overlay.png"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(png).write(to: URL(fileURLWithPath: target), options: .withoutOverwriting)
        } catch {
            throw FileManager.default.fileExists(atPath: target) ? .exists : .notWritten
        }
        return target
    }

    private func describe(_ classification: Classification, in result: inout JSONObject) {
        switch classification {
        case .finding(let finding):
            result["decision"] = .string(finding.decision.rawValue)
            result["probability"] = JSONNumber(String(finding.probability)).map { .number($0) }
            result["logit"] = JSONNumber(String(finding.logit)).map { .number($0) }
            result["indeterminateReason"] = finding.indeterminateReason.map { .string($0.rawValue) }
            result["spread"] = Self.json(finding.spread)
            result["threshold"] = JSONNumber(String(finding.threshold)).map { .number($0) }
            result["caveats"] = .array(finding.caveats.map { .string($0.rawValue) })
            result["model"] = .string("\(finding.model.id) \(finding.model.version)")
        case .refusal(let refusal):
            result["refusal"] = .string(refusal.code.rawValue)
            result["reason"] = .string(refusal.reason)
        }
        result["notice"] = "AI-generated demonstration, not a medical device, not for clinical use"
    }

    private static func json(_ spread: Spread) -> JSONValue {
        func number(_ value: Double) -> JSONValue { JSONNumber(String(value)).map { .number($0) } ?? .null }
        return [
            "lowest": number(spread.lowest), "highest": number(spread.highest),
            "deviation": number(spread.deviation), "networks": .number(JSONNumber(spread.networks)),
            "views": .number(JSONNumber(spread.views)),
        ]
    }

    private func line(_ result: JSONObject) -> String {
        let file = Terminal.safe(result["path"]?.string ?? "")
        if let error = result["error"]?.string { return "\(file): not read [\(error)]" }
        if let refusal = result["refusal"]?.string {
            return "\(file): not scored [\(refusal)] \(result["reason"]?.string ?? "")"
        }
        let picture =
            result["overlay"]?.string.map { ", picture: \(Terminal.safe($0))" }
            ?? result["overlayError"]?.string.map { ", no picture written [\($0)]" } ?? ""
        let reason = result["indeterminateReason"]?.string.map { " (\($0))" } ?? ""
        let spread = ["lowest", "highest"].map { result["spread"]?[$0]?.number?.text ?? "" }.joined(separator: " to ")
        let score =
            "\(result["decision"]?.string ?? "")\(reason) p=\(result["probability"]?.number?.text ?? "") (\(spread))"
        return "\(file): \(score) (not for clinical use)\(picture)"
    }
}

private enum ClassifyFailure: String, Error, CustomStringConvertible {
    case unreadable = "file.unreadable"
    case exists = "file.exists"
    case notWritten = "file.notWritten"
    case noStudy = "dicom.studyInstanceUIDMissing"

    var description: String { rawValue }
}
