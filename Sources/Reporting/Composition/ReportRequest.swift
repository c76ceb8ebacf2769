public import FHIR
public import ImageClassifier
public import Matching

/// What was done to the study before the model saw it.
public struct ReceiptFacts: Sendable, Hashable {
    /// Name of the de-identification profile and its options.
    public let profile: String
    public let version: String

    public init(profile: String, version: String) {
        self.profile = profile
        self.version = version
    }
}

/// Everything that a report says, and of whom: only a matched order, study and patient can be reported on.
public struct ReportRequest: Sendable {
    public let matched: Matched<MatchedContext>
    public let classification: Classification
    public let names: ReportNames
    /// When the report is composed.
    public let issued: FHIRInstant
    public let receipt: ReceiptFacts
    /// The order's identifier in the EHR's own terms (placer, filler or accession number with its system), for
    /// `basedOn.identifier`.
    public let orderIdentifier: Identifier?
    /// The digest of the mapping that read the order, for Provenance.
    public let mappingDigest: String?

    public init(
        matched: Matched<MatchedContext>, classification: Classification, names: ReportNames, issued: FHIRInstant,
        receipt: ReceiptFacts, orderIdentifier: Identifier?, mappingDigest: String? = nil
    ) {
        self.matched = matched
        self.classification = classification
        self.names = names
        self.issued = issued
        self.receipt = receipt
        self.orderIdentifier = orderIdentifier
        self.mappingDigest = mappingDigest
    }

    var context: MatchedContext { matched.value }

    var model: ModelIdentity {
        switch classification {
        case .finding(let finding): finding.model
        case .refusal(let refusal): refusal.model
        }
    }
}
