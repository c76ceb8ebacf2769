public import OutboundHTTP

/// An electronic health record behind its FHIR R4 interface.
///
/// Patient data stands in bodies, never in URLs: searches go by `POST [type]/_search`, and reads name logical ids only.
/// What comes back is checked against what was asked. Error codes begin with the client's name, for example
/// `ehr.search.mismatch`.
public struct FHIRServer: Sendable {
    public let name: String
    let client: OutboundClient
    let searchLimits: SearchLimits

    /// A server at the client's root, which is the FHIR service base.
    public init(name: String, client: OutboundClient, searchLimits: SearchLimits = SearchLimits()) {
        self.name = name
        self.client = client
        self.searchLimits = searchLimits
    }
}

/// How much of a search is read.
public struct SearchLimits: Sendable, Equatable {
    /// Matches asked for at once. Default 50.
    public var page: Int
    /// Pages in all. Default 20.
    public var pages: Int

    /// Limits with the gateway's defaults.
    public init(page: Int = 50, pages: Int = 20) {
        self.page = page
        self.pages = pages
    }
}
