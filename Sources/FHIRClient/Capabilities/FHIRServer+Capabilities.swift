internal import JSON
internal import OutboundHTTP
public import Workflow

/// What the server's CapabilityStatement says about what the gateway needs (R4 §5.2).
public struct ServerCapabilities: Sendable, Equatable {
    /// `fhirVersion`, such as `4.0.1`.
    public let fhirVersion: String
    /// Whether `transaction` is among the system's interactions.
    public let supportsTransaction: Bool
    /// Resource types of the gateway that the server does not list.
    public let missingTypes: [String]

    /// FHIR R4 (4.0) or R4B (4.3).
    public var isR4: Bool { fhirVersion.hasPrefix("4.0") || fhirVersion.hasPrefix("4.3") }
    /// Nothing is missing.
    public var isSufficient: Bool { isR4 && supportsTransaction && missingTypes.isEmpty }
}

extension FHIRServer {
    private static let neededTypes = [
        "Patient", "ServiceRequest", "ImagingStudy", "DiagnosticReport", "Observation", "Device", "Provenance",
    ]

    /// Reads `metadata`, for `imaging-gateway check`.
    ///
    /// - Throws: `incorrect` `.metadata.malformed` when it is no CapabilityStatement.
    public func capabilities() async throws(AdapterError) -> ServerCapabilities {
        let json = try await exchange(.get, path("metadata"))
        guard json["resourceType"]?.string == "CapabilityStatement", let version = json["fhirVersion"]?.string else {
            throw error(.incorrect, "metadata.malformed")
        }
        let server = (json["rest"]?.array ?? []).first { $0["mode"]?.string == "server" }
        let interactions = server?["interaction"]?.array ?? []
        let types = Set((server?["resource"]?.array ?? []).compactMap { $0["type"]?.string })
        return ServerCapabilities(
            fhirVersion: version, supportsTransaction: interactions.contains { $0["code"]?.string == "transaction" },
            missingTypes: Self.neededTypes.filter { !types.contains($0) })
    }
}
