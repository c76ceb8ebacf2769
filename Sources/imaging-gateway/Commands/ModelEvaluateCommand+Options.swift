import ArgumentParser
import Evaluation
import ImageClassifier

/// Which columns of the table mean what.
struct EvaluationColumnOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Column with path or SOP Instance UID.", valueName: "name"))
    var fileColumn = "file"
    @Option(name: .long, help: ArgumentHelp("Column with the truth.", valueName: "name"))
    var labelColumn = "label"
    @Option(name: .long, help: ArgumentHelp("Column that tells patients apart.", valueName: "name"))
    var groupColumn: String?
    @Option(name: .long, help: ArgumentHelp("Column to break figures down by.", valueName: "name"))
    var subgroupColumn: [String] = []
    @Option(name: .long, help: ArgumentHelp("A label that means yes.", valueName: "word"))
    var positive: [String] = []
    @Option(name: .long, help: ArgumentHelp("A label that means no.", valueName: "word"))
    var negative: [String] = []

    var columns: LabelColumns {
        LabelColumns(
            image: fileColumn, label: labelColumn, group: groupColumn, subgroups: subgroupColumn,
            positive: positive.isEmpty ? LabelColumns.usualPositive : positive,
            negative: negative.isEmpty ? LabelColumns.usualNegative : negative)
    }
}

/// What is to be found out.
struct EvaluationFigureOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The local share of positives, 0 to 1 (default: that of the table).", valueName: "share"))
    var prevalence: Double?
    @Option(
        name: .long,
        help: ArgumentHelp("How many times as bad as a false alarm a miss is (default: 10).", valueName: "ratio"))
    var costRatio: Double?
    @Option(
        name: .long,
        help: ArgumentHelp("Advise a threshold for this sensitivity instead of the least harm.", valueName: "share"))
    var targetSensitivity: Double?
    @Option(name: .long, help: ArgumentHelp("Tell the best sensitivity at this specificity.", valueName: "share"))
    var specificityAim = 0.88
    @Option(
        name: .long, help: ArgumentHelp("Threshold of the figures (default: the model's).", valueName: "probability"))
    var threshold: Double?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "An earlier evaluation.json to tell drift against (default: the model's validation).",
            valueName: "file"),
        completion: .file(extensions: ["json"]))
    var reference: String?
    @Option(name: .long, help: ArgumentHelp("Drawings of patients for the intervals.", valueName: "count"))
    var rounds = 2000
    @Option(name: .long, help: ArgumentHelp("Where the drawing starts.", valueName: "number"))
    var seed: UInt64 = 7

    var goal: ThresholdGoal {
        targetSensitivity.map { .sensitivity($0) } ?? .leastHarm(missesToAlarms: costRatio ?? 10)
    }

    func validate() throws {
        for (name, value) in [
            ("--prevalence", prevalence), ("--threshold", threshold), ("--specificity-aim", specificityAim),
        ] {
            guard let value else { continue }
            guard value > 0, value < 1 else { throw ValidationError("\(name) lies between 0 and 1") }
        }
        if let targetSensitivity {
            guard targetSensitivity > 0, targetSensitivity <= 1 else {
                throw ValidationError("--target-sensitivity lies between 0 and 1")
            }
            guard costRatio == nil else { throw ValidationError("take --cost-ratio or --target-sensitivity, not both") }
        }
        if let costRatio {
            guard costRatio > 0, costRatio.isFinite else { throw ValidationError("--cost-ratio is above 0") }
        }
        guard (100...100_000).contains(rounds) else { throw ValidationError("--rounds is 100 to 100000") }
    }
}

/// What the model is asked for, and how.
struct EvaluationScopeOptions: ParsableArguments {
    @Flag(name: .long, help: "Score images without an age too: only where all are known to be in range.")
    var withoutAge = false
    @Flag(name: .long, help: "Score Secondary Capture images too.")
    var secondaryCapture = false
    @Flag(
        name: .customLong("without-image-gate"),
        help: "Score images that do not resemble the training too: only to measure the network.")
    var withoutImageGate = false
    @Option(name: .long, help: ArgumentHelp("Images at the same time.", valueName: "count"))
    var workers = 2

    var policy: ScopePolicy {
        ScopePolicy(
            missingAge: withoutAge ? .caveat : .refuse, acceptsSecondaryCapture: secondaryCapture,
            gatesImages: !withoutImageGate)
    }

    func validate() throws {
        guard (1...64).contains(workers) else { throw ValidationError("--workers is 1 to 64") }
    }
}
