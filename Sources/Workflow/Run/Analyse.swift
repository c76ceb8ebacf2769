import Audit
import DICOM
import Deidentification
import ImageClassifier
import Matching
import Reporting
import Sealing
import SecondOpinion

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

    /// De-identifies what was retrieved, with the intent before and the outcome after it; the outcome names the
    /// certificate, which is stored by then.
    ///
    /// A study without an image for the model, or with images that cannot be de-identified because of what they are,
    /// is refused like any other that is out of scope.
    func prepare(
        _ retrieved: RetrievedStudy, of order: OrderID, _ context: MatchedContext, scope: AuditScope
    ) async throws(RunFailure) -> Preparation {
        guard !retrieved.study.instances.isEmpty else { return .refused(.objectNotSupported) }
        switch try await deidentified(retrieved, order, try known(context), scope: scope) {
        case .failure(.store(let error)): throw RunFailure(error)
        case .failure(.study(let error)):
            guard let code = error.code.refusal else { throw RunFailure(error) }
            return .refused(code)
        case .success(let certified): return .ready(certified.input)
        }
    }

    /// Everything that order and EHR tell of the patient; the headers are added by `deidentify`.
    private func known(_ context: MatchedContext) throws(RunFailure) -> KnownIdentity {
        do {
            return try KnownIdentity(context)
        } catch {
            throw RunFailure(DeidentificationError(.tooManyIdentifiers))
        }
    }

    /// A study for the model, and the digest of its certificate.
    private struct Certified: Sendable {
        let input: ModelInput
        let certificate: Digest
    }

    /// Why there is none: because of the study, or because its certificate cannot be made or kept.
    private enum PreparationError: Error {
        case study(DeidentificationError)
        case store(AdapterError)

        var code: String {
            switch self {
            case .study(let error): "deidentification.\(error.code.rawValue)"
            case .store(let error): error.code
            }
        }
    }

    private func deidentified(
        _ retrieved: RetrievedStudy, _ order: OrderID, _ known: KnownIdentity, scope: AuditScope
    ) async throws(RunFailure) -> Result<Certified, PreparationError> {
        do throws(AdapterError) {
            return try await trail.around(
                .studyDeidentify, scope,
                facts: { made in
                    AccessFacts(
                        AuditDetails(made.input.receipt).merging([.digest: .digest(made.certificate.hex)]))
                }, code: \.code
            ) { () async throws(PreparationError) -> Certified in
                let (study, receipt): (Deidentified<Study>, DeidentificationReceipt)
                do throws(DeidentificationError) {
                    (study, receipt) = try await blocking { () throws(DeidentificationError) in
                        try deidentify(
                            retrieved.study, pseudonyms: keys.pseudonyms, identity: known,
                            pixels: PixelReader(decoder: decoder))
                    }
                } catch {
                    throw .study(error)
                }
                let digest: Digest
                do throws(AdapterError) {
                    digest = try await certify(study, receipt, from: retrieved, order)
                } catch {
                    throw .store(error)
                }
                return Certified(
                    input: ModelInput(study: study, receipt: receipt, digests: retrieved.digests), certificate: digest)
            }
        } catch {
            throw RunFailure(error)
        }
    }

    /// Makes the certificate and keeps it: before the outcome is recorded, and before any model sees the study.
    private func certify(
        _ study: Deidentified<Study>, _ receipt: DeidentificationReceipt, from retrieved: RetrievedStudy,
        _ order: OrderID
    ) async throws(AdapterError) -> Digest {
        let certificate = try certificate(of: study, receipt, from: retrieved)
        try await store.keep(
            StoredCertificate(
                order: order, purpose: "model", created: clock.now(), bytes: certificate.serialized))
        return certificate.digest
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
        ) { () async throws(ClassifierError) in
            try await blocking { () throws(ClassifierError) in
                try model.classifier.classify(input.study, decoder: decoder)
            }
        }
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
        case .burnedInAnnotation, .textDetected, .textUnsure, .textDetectionUnavailable, .maskMissing, .maskAmbiguous,
            .maskSizeDiffers, .maskRegionsUnusable:
            .burnedInAnnotation
        case .profileUnavailable, .profileInvalid, .profileOptionsConflict, .profileOptionUnsupported,
            .pixelRulesInvalid, .inconsistentStudy, .missingInstanceUID, .pixelDataNotCleanable, .tooDeep,
            .tooManyIdentifiers, .identifierRemains, .notSearchable, .pseudonymsNotKept, .recipientsUnusable,
            .originalNotSealed, .notReversible, .envelopeUnreadable, .patientAmbiguous:
            nil
        }
    }
}
