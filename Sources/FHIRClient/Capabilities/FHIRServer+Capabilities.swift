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
    /// What the server says it can do with what the gateway writes, such as `Device.create`, and does not name. A
    /// server that lists no interactions for a type says nothing about it.
    public let missingWrites: [String]
    /// Codes of `rest.security.service`, such as `SMART-on-FHIR`.
    public let securityServices: [String]

    /// FHIR R4 (4.0) or R4B (4.3).
    public var isR4: Bool { fhirVersion.hasPrefix("4.0") || fhirVersion.hasPrefix("4.3") }
    /// Nothing is missing.
    public var isSufficient: Bool { isR4 && supportsTransaction && missingTypes.isEmpty }

    private static let neededTypes = [
        "Patient", "ServiceRequest", "ImagingStudy", "DiagnosticReport", "Observation", "Device", "Provenance",
    ]

    /// What the gateway does to the resources that it writes: reports are updated, Provenance goes by PUT.
    private static let neededWrites = [
        ("DiagnosticReport", ["create", "update"]), ("Observation", ["create", "update"]), ("Device", ["create"]),
        ("Provenance", ["update"]),
    ]

    /// Nil for anything but a CapabilityStatement with its version.
    init?(_ json: JSONValue) {
        guard json["resourceType"]?.string == "CapabilityStatement", let version = json["fhirVersion"]?.string else {
            return nil
        }
        let server = (json["rest"]?.array ?? []).first { $0["mode"]?.string == "server" }
        var interactions: [String: Set<String>] = [:]
        for resource in server?["resource"]?.array ?? [] {
            guard let type = resource["type"]?.string else { continue }
            interactions[type, default: []].formUnion(Self.codes(resource))
        }
        fhirVersion = version
        supportsTransaction = server.map(Self.codes)?.contains("transaction") ?? false
        missingTypes = Self.neededTypes.filter { interactions[$0] == nil }
        missingWrites = Self.neededWrites.flatMap { type, needed -> [String] in
            guard let known = interactions[type], !known.isEmpty else { return [] }
            return needed.filter { !known.contains($0) }.map { "\(type).\($0)" }
        }
        let services = server?["security"]?["service"]?.array ?? []
        securityServices = services.flatMap { $0["coding"]?.array ?? [] }.compactMap { $0["code"]?.string }
    }

    private static func codes(_ json: JSONValue) -> Set<String> {
        Set((json["interaction"]?.array ?? []).compactMap { $0["code"]?.string })
    }
}

/// The answer to a question for `metadata`.
public struct MetadataInquiry: Sendable, Equatable {
    /// The error that the status stands for; nil for a success.
    public let refusal: AdapterError?
    /// Nil when what came is no CapabilityStatement.
    public let capabilities: ServerCapabilities?
    /// The server's clock by its Date field, in seconds since 1970.
    public let date: Int64?
}

extension FHIRServer {
    /// Reads `metadata`.
    ///
    /// - Throws: `incorrect` `.metadata.malformed` when it is no CapabilityStatement.
    public func capabilities() async throws(AdapterError) -> ServerCapabilities {
        guard let capabilities = ServerCapabilities(try await exchange(.get, path("metadata"))) else {
            throw error(.incorrect, "metadata.malformed")
        }
        return capabilities
    }

    /// Asks for `metadata` and tells what came, a refusal included: for `imaging-gateway check`.
    ///
    /// - Throws: by transport, never for a status.
    public func inquireMetadata() async throws(AdapterError) -> MetadataInquiry {
        let inquiry = try await client.inquire(
            OutboundRequest(.get, path("metadata"), headers: [(name: "Accept", value: Self.mediaType)]))
        let json = try? JSONValue(parsing: inquiry.answer.body)
        return MetadataInquiry(
            refusal: inquiry.refusal, capabilities: json.flatMap(ServerCapabilities.init),
            date: inquiry.answer.head.date)
    }
}
