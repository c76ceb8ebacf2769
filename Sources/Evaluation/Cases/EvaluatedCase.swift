/// What became of one file of an evaluation. It holds no identifier and no file name.
public struct EvaluatedCase: Sendable, Equatable {
    /// What the model said of an image.
    public struct Score: Sendable, Equatable {
        /// The raw score.
        public let logit: Double
        /// The calibrated probability.
        public let probability: Double
        /// Lowest and highest probability and deviation of the logit over members and framings; nil where the model
        /// has no spread.
        public let spread: (lowest: Double, highest: Double, deviation: Double)?
        /// The model's word: nil where it does not decide.
        public let decision: Bool?

        /// Names the four.
        public init(
            logit: Double, probability: Double, spread: (lowest: Double, highest: Double, deviation: Double)? = nil,
            decision: Bool?
        ) {
            self.logit = logit
            self.probability = probability
            self.spread = spread
            self.decision = decision
        }

        public static func == (left: Score, right: Score) -> Bool {
            left.logit == right.logit && left.probability == right.probability && left.decision == right.decision
                && left.spread?.lowest == right.spread?.lowest && left.spread?.highest == right.spread?.highest
                && left.spread?.deviation == right.spread?.deviation
        }
    }

    /// How it ended.
    public enum Outcome: Sendable, Equatable {
        /// The model scored the image.
        case scored(Score)
        /// The gate refused it; the code is a refusal's.
        case refused(code: String)
        /// It could not be read or de-identified, or is not there; the code is an error's.
        case unread(code: String)
    }

    /// Its row in the table of labels; without a table its place in the order of the files, from 1.
    public let row: Int
    /// SHA-256 of the file, lower-case hexadecimal; nil where it could not be read.
    public let digest: String?
    /// The truth; nil where there is no table.
    public let label: Bool?
    /// What tells patients apart: a pseudonym or a number.
    public let patient: String
    /// Values of the subgroup columns.
    public let subgroups: [String]
    /// Codes of what the reader of a result would have been told besides.
    public let caveats: [String]
    /// How it ended.
    public let outcome: Outcome

    /// Names the parts.
    public init(
        row: Int, digest: String?, label: Bool?, patient: String, subgroups: [String] = [], caveats: [String] = [],
        outcome: Outcome
    ) {
        self.row = row
        self.digest = digest
        self.label = label
        self.patient = patient
        self.subgroups = subgroups
        self.caveats = caveats
        self.outcome = outcome
    }

    /// The score; nil where there is none.
    public var score: Score? {
        if case .scored(let score) = outcome { score } else { nil }
    }

    /// The code of a refusal.
    public var refusal: String? {
        if case .refused(let code) = outcome { code } else { nil }
    }

    /// The code of a file that was not read.
    public var error: String? {
        if case .unread(let code) = outcome { code } else { nil }
    }
}

extension ScoredSample {
    /// The scored cases whose truth is known; patients are numbered by their first case.
    public init(_ cases: [EvaluatedCase]) {
        var numbers: [String: Int] = [:]
        self.init(
            cases.compactMap { each in
                guard let score = each.score, let label = each.label else { return nil }
                let number = numbers[each.patient] ?? numbers.count
                numbers[each.patient] = number
                return ScoredImage(
                    probability: score.probability, label: label, patient: number, decision: score.decision)
            })
    }
}
