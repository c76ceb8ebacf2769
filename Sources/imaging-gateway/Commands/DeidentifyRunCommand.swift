import ArgumentParser
import Audit
import DICOM
import Deidentification
import FileDeidentification
import Foundation
import Gateway
import Workflow

struct DeidentifyRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "De-identifies files of images and messages into another folder.",
        discussion: """
            DICOM files, HL7 v2 messages and FHIR resources in JSON are known by their content. First all headers are \
            read, to know what is known of each patient; then the results are made, several at a time. The result of \
            an image lies at OUT/<study>/<series>/<instance>.dcm, named by the new UIDs, because old names and folders \
            often identify; beside it <instance>.json is the receipt: which rule met how many elements, digests, \
            method codes. Messages lie at OUT/messages. A result appears when it is whole and a second reader found \
            nothing of the patient in its bytes, or not at all. Nothing is overwritten. A file that is none of these \
            or cannot be de-identified is told with its code and left out.

            WITHOUT --profile THE PIXELS ARE NOT SEARCHED FOR TEXT. Objects whose pixels often hold it (secondary \
            captures, ultrasound, visible light, and all that say so) are refused; for the others the receipt says \
            whether the header declares the absence of burned-in text ("declaredAbsent") or nobody looked \
            ("unchecked"). Profiles for giving away have a gate; --text-gate sets another one.

            With the key file of an installation (--keys) the same original gets the same UIDs each time and whoever \
            has that file can find the pseudonyms again; without it they are made with a key that is thrown away \
            afterwards. --crosswalk makes them by chance and keeps a sealed list; --recipient seals the original \
            header into each image for the holder of a certificate.

            With --config the audit log of that installation tells of each file before its result appears: who, \
            which study and patient, the receipt's counts. Without it no log knows of it.

            Exit code 1: at least one file was left out.

            Examples:
              imaging-gateway deidentify study/ --out deidentified
              imaging-gateway deidentify *.dcm --out deidentified --keys keys.yaml --json
              imaging-gateway deidentify archive/ --out copy --profile research-shifted-dates --keys keys.yaml --resume
            """)

    @Argument(help: "Files, or folders that are searched for them.", completion: .file())
    var paths: [String]
    @Option(name: .long, help: ArgumentHelp("Where the result goes.", valueName: "folder"), completion: .directory)
    var out: String
    @OptionGroup var rules: DeidentifyRules
    @Option(name: .long, help: ArgumentHelp("Files worked on at a time.", valueName: "number"))
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    @Flag(name: .long, help: "Passes over results that are there, whole and made in the same way.")
    var resume = false
    @Option(
        name: .long, help: ArgumentHelp("Where copies of what is left out go, with a list.", valueName: "folder"),
        completion: .directory)
    var quarantine: String?
    @OptionGroup var log: LogOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out is empty") }
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs takes 1 to 256") }
        // With other pseudonyms every result would be made a second time beside the first.
        if resume, rules.keys == nil { throw ValidationError("--resume needs --keys: those of the run before") }
    }

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            // What comes of it is still about a patient: only who runs this may read it.
            umask(0o077)
            var settings = try rules.settings(output: out, jobs: jobs, mappings: try log.mappings())
            settings.resumes = resume
            settings.quarantine = quarantine
            let inputs = try inputs()
            guard !inputs.all.isEmpty || !inputs.unreadable.isEmpty else {
                throw CommandFailure("file.none", "there is no file to read", exit: ExitCodes.found)
            }
            try await log.withLog { log in
                try await log.announce(.deidentifyExport, "deidentify", files: inputs.all.count)
                try await deidentify(inputs, settings, log)
            }
        }
    }

    /// What is read; nothing of it may lie where something is written, and nothing that identifies in what is given away.
    private func inputs() throws -> FileSelection {
        for (option, path) in [("--keys", rules.keys), ("--crosswalk", rules.crosswalk)] {
            guard let path, FolderPlace((path as NSString).deletingLastPathComponent).isWithin(FolderPlace(out)) else {
                continue
            }
            throw CommandFailure(
                "file.secretInOutput", "\(option) lies in --out: it would lie in what is given away",
                exit: ExitCodes.usage)
        }
        if let quarantine, FolderPlace(quarantine).overlaps(FolderPlace(out)) {
            throw CommandFailure(
                "file.quarantineInOutput",
                "--quarantine and --out may not lie in each other: copies of identified files "
                    + "would lie in what is given away", exit: ExitCodes.usage)
        }
        let inputs = FileSelection(paths, without: [out] + [quarantine].compactMap(\.self))
        if inputs.namesWritten.contains(out) {
            throw CommandFailure("file.outputIsInput", "--out is a folder that is read", exit: ExitCodes.usage)
        }
        guard inputs.namesWritten.isEmpty else {
            throw CommandFailure(
                "file.quarantineIsInput", "--quarantine is a folder that is read", exit: ExitCodes.usage)
        }
        return inputs
    }

    private func deidentify(_ inputs: FileSelection, _ settings: RunSettings, _ log: CommandLog) async throws {
        let reporter = DeidentifyReporter(log: log, json: output.json, total: inputs.all.count)
        for folder in inputs.unreadable { await reporter.unreadable(folder) }
        let start = ContinuousClock.now
        let summary: RunSummary
        do {
            summary = try await Interruption.ends { try await FileRun(settings, observer: reporter).run(inputs.all) }
        } catch is CancellationError {
            await reporter.clear()
            throw CommandFailure("command.interrupted", "ended before all files were done", exit: ExitCodes.unusable)
        } catch let error as RunError {
            await reporter.clear()
            throw CommandFailure(error.code, "--out or --quarantine cannot be written to", exit: ExitCodes.unusable)
        }
        await reporter.tell(
            summary, unreadable: inputs.unreadable.count, folder: out, seconds: start.duration(to: .now) / .seconds(1))
        if let code = summary.unlisted {
            throw CommandFailure(code, "the list of the quarantine cannot be written", exit: ExitCodes.unusable)
        }
        guard summary.failures + inputs.unreadable.count == 0 else { throw ExitCodes.found }
    }
}
