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
}

extension OrderWorker {
    /// De-identifies and classifies what was retrieved; each with its intent before and its outcome after it.
    ///
    /// A study without an image for the model, or with images that cannot be de-identified because of what they are,
    /// is refused like any other that is out of scope: the clinician is told.
    func analyse(_ retrieved: RetrievedStudy, scope: AuditScope) async throws(RunFailure) -> Analysis {
        guard !retrieved.study.instances.isEmpty else { return refuse(.objectNotSupported) }
        switch try await deidentified(retrieved, scope: scope) {
        case .failure(let error):
            guard let code = error.code.refusal else { throw RunFailure(error) }
            return refuse(code)
        case .success(let study):
            let classification = try await classified(study.value, inputs: retrieved.digests, scope: scope)
            return Analysis(
                classification: classification,
                receipt: ReceiptFacts(profile: study.receipt.profile, version: study.receipt.version))
        }
    }

    private struct DeidentifiedStudy: Sendable {
        let value: Deidentified<Study>
        let receipt: DeidentificationReceipt
    }

    private func deidentified(
        _ retrieved: RetrievedStudy, scope: AuditScope
    ) async throws(RunFailure) -> Result<DeidentifiedStudy, DeidentificationError> {
        do {
            return try await trail.around(
                .studyDeidentify, scope, facts: { AccessFacts(receiptDetails($0.receipt)) },
                code: { "deidentification.\($0.code.rawValue)" }
            ) { () throws(DeidentificationError) -> DeidentifiedStudy in
                let (study, receipt) = try deidentify(retrieved.study, pseudonyms: keys.pseudonyms)
                return DeidentifiedStudy(value: study, receipt: receipt)
            }
        } catch {
            throw RunFailure(error)
        }
    }

    private func classified(
        _ study: Deidentified<Study>, inputs: [String], scope: AuditScope
    ) async throws(RunFailure) -> Classification {
        let result: Result<Classification, ClassifierError>
        do {
            result = try await trail.around(
                .classify, scope, facts: { AccessFacts(classificationDetails($0, inputs: inputs)) },
                code: { "classifier.\($0.code.rawValue)" }
            ) { () throws(ClassifierError) in try classifier.classify(study, decoder: decoder) }
        } catch {
            throw RunFailure(error)
        }
        switch result {
        case .success(let classification): return classification
        case .failure(let error): throw RunFailure(error)
        }
    }

    private func refuse(_ code: RefusalCode) -> Analysis {
        Analysis(
            classification: .refusal(classifier.refusal(code)),
            receipt: ReceiptFacts(profile: "not applied: no image came before the model", version: "-"))
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

/// Facts for the audit records: counts and codes, never values.
extension OrderWorker {
    private func receiptDetails(_ receipt: DeidentificationReceipt) -> AuditDetails { AuditDetails(receipt) }

    private func classificationDetails(_ classification: Classification, inputs: [String]) -> AuditDetails {
        AuditDetails(classification, by: classifier.modelIdentity).merging([.inputs: .digests(inputs)])
    }
}
