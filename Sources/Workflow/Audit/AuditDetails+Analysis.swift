public import Deidentification
public import ImageClassifier

/// What is recorded of a de-identification and of a classification: counts and codes, never values.
extension AuditDetails {
    /// What was done to a study.
    public init(_ receipt: DeidentificationReceipt) {
        self = [
            .profile: .configured(receipt.profile), .edition: .configured(receipt.edition),
            .rules: .configured(receipt.version), .methods: .codes(receipt.methodCodes),
            .count: .count(receipt.instanceCount), .kept: .count(receipt.keptCount),
            .removed: .count(receipt.removedCount), .replaced: .count(receipt.replacedCount),
            .uids: .count(receipt.uidCount),
            .actions: .codes(receipt.actionCounts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }),
            .uidKey: .code(receipt.uidMapKeyID), .burnedIn: .code(receipt.burnedIn.rawValue),
            .age: .code(receipt.ageSource.rawValue), .input: .digest(receipt.inputDigest),
            .output: .digest(receipt.outputDigest),
        ]
    }

    /// What a model said. The network runs on the processor: there is no other device yet.
    public init(_ classification: Classification, by model: ModelIdentity) {
        self = [
            .model: .configured(model.id), .modelVersion: .configured(model.version),
            .weights: .digest(model.weightsDigest), .preprocessing: .configured(model.preprocessingVersion),
            .device: .code("cpu"),
        ]
        switch classification {
        case .finding(let finding):
            set(.decision, .code(finding.decision.rawValue))
            set(.probability, .number(finding.probability))
            set(.threshold, .number(finding.threshold))
        case .refusal(let refusal):
            set(.refusal, .code(refusal.code.rawValue))
        }
    }
}
