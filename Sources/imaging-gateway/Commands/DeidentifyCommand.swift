import ArgumentParser
import Audit
import DICOM
import Deidentification
import Foundation
import Gateway
import JSON
import Sealing
import Workflow

struct DeidentifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deidentify",
        abstract: "De-identifies DICOM files into another folder, with a receipt for each.",
        discussion: """
            PS3.15 Annex E, Basic Profile with Retain Patient Characteristics, as before each classification. The \
            result lies at OUT/<study>/<series>/<instance>.dcm, named by the new UIDs, because old names and folders \
            often identify; beside it <instance>.json is the receipt: which rule met how many elements, digests, \
            method codes. Nothing is overwritten. A file that is no DICOM or cannot be de-identified is told with its \
            code and left out, and so is one in which an identifier of the original was found afterwards.

            THE PIXELS ARE NOT SEARCHED FOR TEXT. Objects whose pixels often hold it (secondary captures, ultrasound, \
            visible light, and all that say so) are refused; for the others the receipt says whether the header \
            declares the absence of burned-in text ("declaredAbsent") or nobody looked ("unchecked").

            With the key file of an installation (--keys) the same original gets the same UIDs each time and whoever \
            has that file can find the pseudonyms again; without it they are made with a key that is thrown away \
            afterwards.

            With --config the audit log of that installation tells of each file before its result is written: who, \
            which study and patient, the receipt's counts. Without it no log knows of it.

            Exit code 1: at least one file was left out.

            Examples:
              imaging-gateway deidentify study/ --out deidentified
              imaging-gateway deidentify *.dcm --out deidentified --keys keys.yaml --json
            """)

    @Argument(help: "DICOM files, or folders that are searched for them.", completion: .file())
    var paths: [String]
    @Option(name: .long, help: ArgumentHelp("Where the result goes.", valueName: "folder"), completion: .directory)
    var out: String
    @Option(
        name: .long, help: ArgumentHelp("A key file, so that UIDs are the same in every run.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var keys: String?
    @OptionGroup var log: LogOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            let pseudonyms = try keys.map { try KeyFile.load(path: $0).pseudonyms } ?? KeyRing.generate().pseudonyms
            if keys == nil { complain("no --keys: the UIDs are made with a key that is thrown away afterwards") }
            // What comes of it is still about a patient: only who runs this may read it.
            umask(0o077)
            guard !InputFiles.isSame(out, asOneOf: paths) else {
                throw CommandFailure("file.outputIsInput", "--out is a folder that is read", exit: ExitCodes.usage)
            }
            let inputs = InputFiles(paths, without: out)
            guard !inputs.all.isEmpty || !inputs.unreadable.isEmpty else {
                throw CommandFailure("file.none", "there is no file to read", exit: ExitCodes.found)
            }
            let files = inputs.all
            try await log.withLog { log in
                try await deidentify(files, without: inputs.unreadable, pseudonyms, log)
            }
        }
    }

    private func deidentify(
        _ files: [String], without unreadable: [String], _ pseudonyms: Pseudonyms, _ log: CommandLog
    ) async throws {
        try await log.announce(.deidentifyExport, "deidentify", files: files.count)
        var progress = Progress(total: files.count, what: "files")
        var counts = Counts()
        for folder in unreadable {
            counts.note(.failed(code: "folder.unreadable"))
            tell(.failed(code: "folder.unreadable"), of: folder)
        }
        for file in files {
            let result = try await deidentify(file, pseudonyms, log)
            counts.note(result)
            progress.clear()
            tell(result, of: file)
            progress.advance()
        }
        progress.clear()
        tell(counts)
        guard counts.failed == 0 else { throw ExitCodes.found }
    }

    // MARK: - One file

    private enum Result {
        case written(path: String, receipt: DeidentificationReceipt)
        case failed(code: String)
    }

    private struct Counts {
        var written = 0
        var failed = 0
        var unchecked = 0

        mutating func note(_ result: Result) {
            switch result {
            case .written(_, let receipt):
                written += 1
                if receipt.burnedIn == .unchecked { unchecked += 1 }
            case .failed: failed += 1
            }
        }
    }

    private func deidentify(
        _ file: String, _ pseudonyms: Pseudonyms, _ log: CommandLog
    ) async throws(AdapterError) -> Result {
        guard let data = FileManager.default.contents(atPath: file) else {
            try await log.note(.deidentifyExport, "deidentify", of: nil, code: "file.unreadable")
            return .failed(code: "file.unreadable")
        }
        let instance: Instance
        do {
            instance = try Instance(parsing: Array(data))
        } catch {
            try await log.note(.deidentifyExport, "deidentify", of: nil, code: "dicom.\(error.code.rawValue)")
            return .failed(code: "dicom.\(error.code.rawValue)")
        }
        switch clean(instance, pseudonyms) {
        case .failure(let failure):
            try await log.note(.deidentifyExport, "deidentify", of: instance.dataSet, code: failure.code)
            return .failed(code: failure.code)
        case .success(let clean):
            try await log.note(
                .deidentifyExport, "deidentify", of: instance.dataSet, details: AuditDetails(clean.receipt))
            return (try? write(clean.instance, study: clean.study, clean.receipt)) ?? .failed(code: "file.notWritten")
        }
    }

    private struct Clean {
        let instance: Instance
        let study: UID
        let receipt: DeidentificationReceipt
    }

    private struct LeftOut: Error { let code: String }

    private func clean(_ instance: Instance, _ pseudonyms: Pseudonyms) -> Swift.Result<Clean, LeftOut> {
        do {
            guard let uid = instance.dataSet.uid(.studyInstanceUID) else {
                return .failure(LeftOut(code: "dicom.studyInstanceUIDMissing"))
            }
            let study = Study(studyInstanceUID: uid, instances: [instance])
            let (result, receipt) = try Deidentification.deidentify(study, pseudonyms: pseudonyms)
            guard let clean = result.value.instances.first else {
                return .failure(LeftOut(code: "deidentification.emptyStudy"))
            }
            return .success(Clean(instance: clean, study: result.value.studyInstanceUID, receipt: receipt))
        } catch {
            return .failure(LeftOut(code: "deidentification.\(error.code.rawValue)"))
        }
    }

    private func write(_ instance: Instance, study: UID, _ receipt: DeidentificationReceipt) throws -> Result {
        guard let series = instance.dataSet.uid(.seriesInstanceUID), let sop = instance.dataSet.uid(.sopInstanceUID)
        else { return .failed(code: "deidentification.missingInstanceUID") }
        let folder = "\(out)/\(study.value)/\(series.value)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(sop.value)"
        let ends = ["dcm", "json"].map { "\(path).\($0)" }
        guard !ends.contains(where: FileManager.default.fileExists(atPath:)) else {
            return .failed(code: "file.exists")
        }
        let bytes = try instance.serialized()
        let text = JSONValue.object(receipt.json(study: study, series: series, instance: sop)).serialized(.pretty)
        // The receipt comes first, the file last and whole: no file without a receipt, and none that is cut short.
        do {
            try Data(text).write(to: URL(fileURLWithPath: "\(path).json"), options: .withoutOverwriting)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(path).part"))
            try FileManager.default.moveItem(atPath: "\(path).part", toPath: "\(path).dcm")
        } catch {
            for end in ["part", "json"] { try? FileManager.default.removeItem(atPath: "\(path).\(end)") }
            throw error
        }
        return .written(path: "\(path).dcm", receipt: receipt)
    }

    // MARK: - What is told

    private func tell(_ result: Result, of file: String) {
        switch (result, output.json) {
        case (.written(let path, let receipt), true):
            line([
                "file": .string(file), "output": .string(path), "burnedIn": .string(receipt.burnedIn.rawValue),
                "removed": .number(JSONNumber(receipt.removedCount)),
                "replaced": .number(JSONNumber(receipt.replacedCount)),
                "kept": .number(JSONNumber(receipt.keptCount)),
            ])
        case (.failed(let code), true): line(["file": .string(file), "error": .string(code)])
        case (.written, false): break
        case (.failed(let code), false): print("\(Terminal.safe(file)): left out [\(code)]")
        }
    }

    private func tell(_ counts: Counts) {
        guard !output.json else {
            return line([
                "summary": [
                    "written": .number(JSONNumber(counts.written)), "failed": .number(JSONNumber(counts.failed)),
                    "pixelsUnchecked": .number(JSONNumber(counts.unchecked)), "folder": .string(out),
                ]
            ])
        }
        print("\(counts.written) files written to \(out), \(counts.failed) left out")
        if counts.unchecked > 0 {
            print("\(counts.unchecked) of them do not say whether text is burned into the pixels; nobody looked")
        }
    }

    private func line(_ value: JSONValue) { print(String(decoding: value.serialized(), as: UTF8.self)) }
}

extension DeidentificationReceipt {
    /// The receipt as a file: what was done, and no value of the original.
    fileprivate func json(study: UID, series: UID, instance: UID) -> JSONObject {
        func counts(_ counts: [String: Int]) -> JSONValue {
            .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }))
        }
        return [
            "studyInstanceUID": .string(study.value), "seriesInstanceUID": .string(series.value),
            "sopInstanceUID": .string(instance.value), "profile": .string(profile), "edition": .string(edition),
            "rules": .string(version), "methodCodes": .array(methodCodes.map { .string($0) }),
            "actions": counts(actionCounts), "actionsByRule": counts(ruleCounts),
            "kept": .number(JSONNumber(keptCount)), "removed": .number(JSONNumber(removedCount)),
            "replaced": .number(JSONNumber(replacedCount)), "uids": .number(JSONNumber(uidCount)),
            "uidKey": .string(uidMapKeyID), "burnedInText": .string(burnedIn.rawValue),
            "age": .string(ageSource.rawValue), "inputDigest": .string(inputDigest),
            "outputDigest": .string(outputDigest),
        ]
    }
}
