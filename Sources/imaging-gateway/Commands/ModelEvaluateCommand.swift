import ArgumentParser
import Audit
import Evaluation
import Foundation
import Gateway
import ImageClassifier
import JSON
import Sealing
import Workflow

struct ModelEvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Local validation: a model on your own DICOM files, as a report with figures.",
        usage: "imaging-gateway model evaluate --images <folder> [--labels <file>] [--out <folder>] [<options>]",
        discussion: """
            Demonstration only: not a medical device, not for clinical use. Each file goes the way of an order's study: \
            read, de-identified, gated, scored. Nothing leaves this machine.

            --labels is a table (CSV, UTF-8) with a line of names and the columns file (a path below the folder of \
            images, or a SOP Instance UID) and label (1/0, positive/negative, yes/no; other words with --positive and \
            --negative). Images of one patient belong together: by --group-column, else by the Patient ID in the \
            files. --subgroup-column names columns by whose values figures are broken down; it may stand many times. \
            Without --labels there are only scores, refusals and drift.

            Into --out go report.html for people and evaluation.json for programs. Neither holds an identifier or a \
            file name: rows are told by their number and the file's SHA-256, patients by a number, or with --keys by \
            the pseudonym that the key file makes. The same files give the same figures on every machine.

            With --config the audit log of that installation tells of the run before it begins and of each file before \
            anything of it is written. Without it no log knows of it.

            Exit code 1: at least one file was not read; the report is written and lists it.

            Examples:
              imaging-gateway model evaluate --images study/ --labels truth.csv --out validation --prevalence 0.08
              imaging-gateway model evaluate --images study/ --labels truth.csv --group-column patient \
            --subgroup-column device --subgroup-column sex --target-sensitivity 0.95
            """)

    @Option(
        name: .long, help: ArgumentHelp("DICOM files; folders below are searched too.", valueName: "folder"),
        completion: .directory)
    var images: String
    @Option(
        name: .long, help: ArgumentHelp("A table with the truth.", valueName: "file"),
        completion: .file(extensions: ["csv", "tsv"]))
    var labels: String?
    @Option(
        name: .long, help: ArgumentHelp("A model folder, or the id of a model that is shipped.", valueName: "model"),
        completion: .directory)
    var model: String?
    @Option(name: .long, help: ArgumentHelp("Where the report goes.", valueName: "folder"), completion: .directory)
    var out = "evaluation"
    @OptionGroup(title: "Table") var columns: EvaluationColumnOptions
    @OptionGroup(title: "Figures") var figures: EvaluationFigureOptions
    @OptionGroup(title: "Scope") var scope: EvaluationScopeOptions
    @Option(
        name: .long,
        help: ArgumentHelp("A key file: patients get its pseudonyms instead of numbers.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var keys: String?
    @OptionGroup var log: LogOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await withGatewayErrors(json: output.json) {
            umask(0o077)
            let bundle = try load()
            let reference = try reference(for: bundle.model, in: bundle.folder)
            let pseudonyms = try keys.map { try KeyFile.load(path: $0).pseudonyms }
            guard InputFiles.isFolder(images) else {
                throw CommandFailure("folder.unreadable", "--images is no folder", exit: ExitCodes.unusable)
            }
            guard !InputFiles.isSame(out, asOneOf: [images]) else {
                throw CommandFailure("file.outputIsInput", "--out is the folder that is read", exit: ExitCodes.usage)
            }
            let report = try EvaluationFolder(out)
            let inputs = InputFiles([images], without: out)
            let run = EvaluationRun(
                classifier: Classifier(model: bundle.model, policy: scope.policy),
                decoder: try .ofThisProgram(),
                pseudonyms: try KeyRing.generate().pseudonyms, workers: scope.workers,
                largestFile: try largestFile())
            var found: LocalEvaluation?
            try await log.withLog { log in
                // Names of files only, so far: what comes now touches patient data.
                try await log.announce(.classifyRun, "model evaluate", files: inputs.all.count)
                let plan = try EvaluationPlan(inputs, below: images, labels: try table(), table: labels)
                let cases = try await run.cases(of: plan, patientNames: pseudonyms, log)
                let evaluation = LocalEvaluation(
                    cases.evaluated, of: EvaluatedModel(bundle.model.identity), setting: setting(bundle.model),
                    filesWithoutRow: cases.withoutRow, reference: reference)
                try report.write(evaluation)
                found = evaluation
            }
            guard let found else { return }
            tell(found)
            guard found.errors.isEmpty, inputs.unreadable.isEmpty else { throw ExitCodes.found }
        }
    }

    private func load() throws -> (model: ModelBundle, folder: String) {
        (try ModelFolder.model(model), try ModelFolder.path(model))
    }

    /// What the gateway would take of an archive: the installation's limit, or the usual one.
    private func largestFile() throws -> Int {
        try log.config.map { try Configuration.load(path: $0).limits.instanceBytes } ?? 512 << 20
    }

    /// The distributions to compare with: of the file that was named, else of the model's own evaluation if it has one.
    /// That one is no part of what the weights' hash covers; where it is of other weights or cannot be read, there is no
    /// reference, and standard error says so.
    private func reference(for model: ModelBundle, in folder: String) throws -> MeasuredDistributions? {
        do {
            if let named = figures.reference { return try distributions(in: named, of: model) }
            let own = "\(folder)/evaluation.json"
            guard FileManager.default.fileExists(atPath: own) else { return nil }
            return try distributions(in: own, of: model)
        } catch let failure as CommandFailure {
            guard figures.reference == nil else { throw failure }
            complain("no drift is told: evaluation.json of the model's folder: \(failure.message) [\(failure.code)]")
            return nil
        }
    }

    private func distributions(in path: String, of model: ModelBundle) throws -> MeasuredDistributions {
        do {
            let json = try JSONValue(parsing: EvaluationFile.bytes(path, atMost: JSONLimits.default.bytes))
            return try MeasuredDistributions(evaluation: json, weightsSHA256: model.identity.weightsDigest)
        } catch let problem as EvaluationFile.Problem {
            let words = problem == .tooLarge ? "the reference is larger than 32 MiB" : "the reference cannot be read"
            throw CommandFailure(problem.rawValue, words, exit: ExitCodes.unusable)
        } catch let error as EvaluationError where error.code == .referenceOtherModel {
            throw CommandFailure(
                "evaluation.referenceOtherModel", "the reference was made with other weights", exit: ExitCodes.unusable)
        } catch {
            throw CommandFailure(
                "evaluation.referenceInvalid", "the reference is no evaluation.json of this program",
                exit: ExitCodes.unusable)
        }
    }

    private func table() throws -> [LabelledImage]? {
        guard let labels else { return nil }
        guard let data = FileManager.default.contents(atPath: labels) else {
            throw CommandFailure("file.unreadable", "--labels cannot be read", exit: ExitCodes.unusable)
        }
        do {
            return try CSVTable(parsing: Array(data)).labels(columns.columns)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func setting(_ model: ModelBundle) -> EvaluationSetting {
        let decision = model.facts["decision"]
        func limit(_ name: String) -> Double { decision?[name]?.number?.double ?? model.identity.threshold }
        var setting = EvaluationSetting(
            threshold: figures.threshold ?? model.identity.threshold,
            indeterminate: limit("negativeLimit")...limit("positiveLimit"))
        setting.specificityAim = figures.specificityAim
        setting.prevalence = figures.prevalence
        setting.goal = figures.goal
        setting.bootstrap = Bootstrap(rounds: figures.rounds, seed: figures.seed)
        setting.subgroups = labels == nil ? [] : columns.subgroupColumn
        setting.gatesImages = !scope.withoutImageGate
        return setting
    }

    private func tell(_ evaluation: LocalEvaluation) {
        guard !output.json else {
            var object = evaluation.json.object ?? [:]
            for key in ["rows", "curves", "distributions"] { object[key] = nil }
            object["folder"] = .string(out)
            return show(.object(object))
        }
        let counts = evaluation.json["counts"]
        func count(_ key: String) -> String { counts?[key]?.number?.text ?? "0" }
        print(
            "\(count("scored")) images scored, \(count("refused")) refused, \(count("unread")) not read; "
                + "\(evaluation.patients == 1 ? "1 patient" : "\(evaluation.patients) patients")")
        for figure in [Figure.averagePrecision, .auc, .sensitivity, .specificity, .calibrationError] {
            guard let value = evaluation.figures[figure] else { continue }
            func text(_ number: Double) -> String { String(format: "%.3f", number) }
            let interval = value.interval.map { "\(text($0.lower)) to \(text($0.upper))" } ?? "no interval"
            print("\(figure.rawValue): \(text(value.value)) (\(interval))")
        }
        if !evaluation.figures.isEmpty, evaluation.sample.patients < Bootstrap.fewestPatients {
            print("fewer than \(Bootstrap.fewestPatients) patients: how far the figures lie off cannot be told")
        }
        if evaluation.errors.contains(where: { $0.code == "evaluation.fileMissing" }) {
            print("rows without their file are listed in the report: is --images the right folder?")
        }
        print("\(out)/report.html (not for clinical use)")
    }
}

extension CommandFailure {
    /// What is wrong with the table, by row and column; never what stands there.
    init(_ error: EvaluationError) {
        let row = error.row.map { "row \($0)" }
        let column = error.column.map { "column \($0)" }
        let place = (["labels"] + [row, column].compactMap { $0 }).joined(separator: ", ")
        let words =
            switch error.code {
            case .labelsEmpty: "there is no line of column names"
            case .labelsWithoutRows: "there is no row below the line of column names"
            case .labelsNotUTF8: "the table is not UTF-8"
            case .labelsTooLarge: "the table is too large"
            case .labelsQuoteMalformed: "a quoted field does not end, or goes on behind its quote"
            case .labelsRowLength: "the row has more or fewer fields than there are names"
            case .labelsColumnMissing: "there is no such column"
            case .labelsColumnRepeated: "two columns have the same name"
            case .labelsValueUnknown: "the label is neither of the two values; see --positive and --negative"
            case .labelsFileEmpty: "the row names no file"
            case .labelsFileOutside: "the file lies outside the folder of images"
            case .labelsRowRepeated: "two rows name the same image"
            case .referenceInvalid: "the distributions to compare with cannot be read"
            case .referenceOtherModel: "the distributions to compare with are those of other weights"
            }
        self.init("evaluation.\(error.code.rawValue)", "\(place): \(words)", exit: ExitCodes.found)
    }
}

extension EvaluatedModel {
    init(_ identity: ModelIdentity) {
        self.init(
            id: identity.id, version: identity.version, title: identity.title, weightsSHA256: identity.weightsDigest,
            preprocessing: identity.preprocessingVersion, attribution: identity.attribution)
    }
}
