import Audit
import DICOM
import Deidentification
import ImageClassifier
import Reporting
import Sealing

/// What the model says of a study, and what was done to the study before.
struct Analysis: Sendable {
    let classification: Classification
    let receipt: ReceiptFacts
    /// Counted once the order's new state is stored.
    let outcome: ModelOutcome
}

/// A study as models see it.
struct ModelInput: Sendable {
    let study: Deidentified<Study>
    let receipt: DeidentificationReceipt
    /// SHA-256 of the instances as they were retrieved.
    let digests: [String]
}

extension OrderWorker {
    /// What came of de-identification.
    enum Preparation: Sendable {
        case ready(ModelInput)
        /// No image comes before a model: the clinician is told why, as of any study out of scope.
        case refused(RefusalCode)
    }

    /// De-identifies what was retrieved, with the intent before and the outcome after it.
    ///
    /// A study without an image for the model, or with images that cannot be de-identified because of what they are,
    /// is refused like any other that is out of scope.
    func prepare(_ retrieved: RetrievedStudy, scope: AuditScope) async throws(RunFailure) -> Preparation {
        guard !retrieved.study.instances.isEmpty else { return .refused(.objectNotSupported) }
        switch try await deidentified(retrieved, scope: scope) {
        case .failure(let error):
            guard let code = error.code.refusal else { throw RunFailure(error) }
            return .refused(code)
        case .success(let input): return .ready(input)
        }
    }

    private func deidentified(
        _ retrieved: RetrievedStudy, scope: AuditScope
    ) async throws(RunFailure) -> Result<ModelInput, DeidentificationError> {
        do {
            return try await trail.around(
                .studyDeidentify, scope, facts: { AccessFacts(AuditDetails($0.receipt)) },
                code: { "deidentification.\($0.code.rawValue)" }
            ) { () throws(DeidentificationError) -> ModelInput in
                let (study, receipt) = try deidentify(retrieved.study, pseudonyms: keys.pseudonyms)
                return ModelInput(study: study, receipt: receipt, digests: retrieved.digests)
            }
        } catch {
            throw RunFailure(error)
        }
    }

    /// What the model that answers says of a study.
    func analyse(
        _ preparation: Preparation, by model: InstalledModel, scope: AuditScope
    ) async throws(RunFailure) -> Analysis {
        switch preparation {
        case .refused(let code):
            return Analysis(
                classification: .refusal(model.classifier.refusal(code)),
                receipt: ReceiptFacts(profile: "not applied: no image came before the model", version: "-"),
                outcome: ModelOutcome(model: model.identity.id, mode: .report, outcome: "refused"))
        case .ready(let input):
            let result: Result<Classification, ClassifierError>
            do {
                result = try await ask(model, of: input, scope: scope)
            } catch {
                throw RunFailure(error)
            }
            switch result {
            case .failure(let error):
                var failure = RunFailure(error)
                // An interrupted model is asked again.
                if error.code != .interrupted { failure.outcome = outcome(of: model, result) }
                throw failure
            case .success(let classification):
                return Analysis(
                    classification: classification,
                    receipt: ReceiptFacts(profile: input.receipt.profile, version: input.receipt.version),
                    outcome: outcome(of: model, result))
            }
        }
    }

    /// Asks one model, with the intent before and the outcome after it.
    ///
    /// - Throws: `AdapterError` where the audit log cannot be written: then the model was not asked, or its answer does
    ///   not count.
    func ask(
        _ model: InstalledModel, of input: ModelInput, scope: AuditScope
    ) async throws(AdapterError) -> Result<Classification, ClassifierError> {
        let mode: AuditDetails = [.mode: .code(model.mode.rawValue), .model: .configured(model.identity.id)]
        return try await trail.around(
            .classify, scope, intent: mode,
            facts: { classification in
                AccessFacts(
                    AuditDetails(classification, by: model.identity)
                        .merging([.inputs: .digests(input.digests)]).merging(mode))
            }, code: { "classifier.\($0.code.rawValue)" }
        ) { () throws(ClassifierError) in try model.classifier.classify(input.study, decoder: decoder) }
    }

    /// What is counted of an answer.
    func outcome(of model: InstalledModel, _ result: Result<Classification, ClassifierError>) -> ModelOutcome {
        let outcome =
            switch result {
            case .success(.finding(let finding)): finding.decision.rawValue
            case .success(.refusal): "refused"
            case .failure: "failed"
            }
        return ModelOutcome(model: model.identity.id, mode: model.mode, outcome: outcome)
    }
}

extension DeidentificationError.Code {
    /// The refusal that the clinician reads where the images themselves are the reason; `nil` for what a person has to
    /// look into.
    fileprivate var refusal: RefusalCode? {
        switch self {
        case .emptyStudy, .unsupportedObject: .objectNotSupported
        case .burnedInAnnotation: .burnedInAnnotation
        case .profileUnavailable, .inconsistentStudy, .missingInstanceUID, .pixelDataNotCleanable, .tooDeep,
            .tooManyIdentifiers, .identifierRemains:
            nil
        }
    }
}
