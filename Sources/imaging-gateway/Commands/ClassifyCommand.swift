import ArgumentParser
import DICOM
import Deidentification
import Foundation
import ImageClassifier
import JSON
import Sealing

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Reads, de-identifies, gates and scores DICOM files, each as a study of its own.",
        discussion: "Demonstration only: not a medical device, not for clinical use. Nothing is stored or sent.")

    @Argument(help: "DICOM files, or folders that are searched for them.")
    var paths: [String]

    @Flag(name: .long, help: "One JSON object per file and line.")
    var json = false

    @Flag(
        name: .customLong("without-image-gate"),
        help: "Scores images that do not resemble the training too: only to measure the network.")
    var withoutImageGate = false

    func run() throws {
        let model = try ModelBundle.bundled()
        let classifier = Classifier(model: model, policy: ScopePolicy(gatesImages: !withoutImageGate))
        let pseudonyms = try KeyRing.generate().pseudonyms
        var failures = 0
        for path in files() {
            let result = classify(path, classifier, pseudonyms)
            if result["error"] != nil { failures += 1 }
            print(json ? String(decoding: JSONValue.object(result).serialized(), as: UTF8.self) : line(result))
        }
        if failures > 0 { throw ExitCodes.found }
    }

    private func files() -> [String] {
        paths.flatMap { path -> [String] in
            guard isFolder(path) else { return [path] }
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
            return names.sorted().map { "\(path)/\($0)" }.filter { !isFolder($0) }
        }
    }

    private func isFolder(_ path: String) -> Bool {
        (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    }

    private func classify(_ path: String, _ classifier: Classifier, _ pseudonyms: Pseudonyms) -> JSONObject {
        var result: JSONObject = ["path": .string(path)]
        do {
            guard let data = FileManager.default.contents(atPath: path) else { throw ClassifyFailure.unreadable }
            let instance = try Instance(parsing: Array(data))
            guard let uid = instance.dataSet.uid(.studyInstanceUID) else { throw ClassifyFailure.noStudy }
            let (study, _) = try deidentify(
                Study(studyInstanceUID: uid, instances: [instance]), pseudonyms: pseudonyms)
            describe(try classifier.classify(study, decoder: DCMTKFrameDecoder()), in: &result)
        } catch let error as DICOMError {
            result["error"] = .string("dicom.\(error.code.rawValue)")
        } catch let error as DeidentificationError {
            result["error"] = .string("deidentification.\(error.code.rawValue)")
        } catch let error as ClassifierError {
            result["error"] = .string("classifier.\(error.code.rawValue)")
        } catch {
            result["error"] = .string("\(error)")
        }
        return result
    }

    private func describe(_ classification: Classification, in result: inout JSONObject) {
        switch classification {
        case .finding(let finding):
            result["decision"] = .string(finding.decision.rawValue)
            result["probability"] = JSONNumber(String(finding.probability)).map { .number($0) }
            result["logit"] = JSONNumber(String(finding.logit)).map { .number($0) }
            result["threshold"] = JSONNumber(String(finding.threshold)).map { .number($0) }
            result["caveats"] = .array(finding.caveats.map { .string($0.rawValue) })
            result["model"] = .string("\(finding.model.id) \(finding.model.version)")
        case .refusal(let refusal):
            result["refusal"] = .string(refusal.code.rawValue)
            result["reason"] = .string(refusal.reason)
        }
        result["notice"] = "AI-generated demonstration, not a medical device, not for clinical use"
    }

    private func line(_ result: JSONObject) -> String {
        let file = result["path"]?.string ?? ""
        if let error = result["error"]?.string { return "\(file): not read [\(error)]" }
        if let refusal = result["refusal"]?.string {
            return "\(file): not scored [\(refusal)] \(result["reason"]?.string ?? "")"
        }
        return
            "\(file): \(result["decision"]?.string ?? "") p=\(result["probability"]?.number?.text ?? "") (not for clinical use)"
    }
}

private enum ClassifyFailure: String, Error, CustomStringConvertible {
    case unreadable = "file.unreadable"
    case noStudy = "dicom.studyInstanceUIDMissing"

    var description: String { rawValue }
}
