public import FHIR

/// What a site may choose about reports. The notice is no choice.
public struct ReportPolicy: Sendable, Hashable {
    /// Status of every AI result. R4 defines partial as possibly unverified and preliminary as verified early.
    public enum Status: String, Sendable, CaseIterable { case preliminary, partial }

    /// How Provenance reaches the EHR.
    public enum ProvenanceMode: String, Sendable, CaseIterable {
        /// PUT under its derived id: a repeat changes nothing.
        case updateByID
        /// POST, and only in the transaction that first creates the report: for an EHR that refuses client ids.
        case createWithFirst
        /// Not at all.
        case omit
    }

    public var status: Status
    /// Digits behind the point of probabilities and limits, 1 to 6.
    public var decimals: Int
    /// Largest picture in bytes of PNG; a larger one is made smaller, then left out with a note.
    public var maximumImageBytes: Int
    /// Whether pictures are sent at all.
    public var sendsImage: Bool
    /// Whether the image without the heat map goes along.
    public var sendsPlainImage: Bool
    public var provenance: ProvenanceMode

    public init(
        status: Status = .preliminary, decimals: Int = 3, maximumImageBytes: Int = 1_500_000, sendsImage: Bool = true,
        sendsPlainImage: Bool = true, provenance: ProvenanceMode = .updateByID
    ) {
        self.status = status
        self.decimals = min(max(decimals, 1), 6)
        self.maximumImageBytes = maximumImageBytes
        self.sendsImage = sendsImage
        self.sendsPlainImage = sendsPlainImage
        self.provenance = provenance
    }
}

/// Facts about the installation that stand in every report.
public struct ReportSettings: Sendable, Hashable {
    /// System of our identifiers: a URI that belongs to this installation, such as `urn:uuid:<installation>`.
    public var identifierSystem: String
    /// The organisation that answers for the report; a Device is not allowed as performer in R4.
    public var organization: Reference
    /// Name and version of this program.
    public var gateway: String
    public var policy: ReportPolicy

    /// An organisation without address is named as such, so that its words are not taken for a person.
    public init(
        identifierSystem: String, organization: Reference, gateway: String, policy: ReportPolicy = ReportPolicy()
    ) {
        self.identifierSystem = identifierSystem
        self.organization = organization
        if organization.reference == nil { self.organization.type = "Organization" }
        self.gateway = gateway
        self.policy = policy
    }

    /// Settings of an installation that has no identifier system of its own.
    public init(
        installation: String, organization: Reference, gateway: String, policy: ReportPolicy = ReportPolicy()
    ) {
        self.init(
            identifierSystem: "urn:uuid:\(installation)", organization: organization, gateway: gateway, policy: policy)
    }
}
