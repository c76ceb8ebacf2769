/// The resource types that the pretend EHR serves and the data types that they are made of.
enum ElementTable {
    private static let common = """
        meta ? Meta
        implicitRules ? uri
        language ? code
        text ? Narrative
        contained * Resource
        """

    /// Of `resources`, in the order of the CapabilityStatement.
    static let resourceTypes = [
        "Patient", "Organization", "Practitioner", "Encounter", "Endpoint", "Device", "ServiceRequest", "ImagingStudy",
        "DiagnosticReport", "Observation", "Provenance", "AuditEvent", "Subscription",
    ]

    static let resources: [String: TypeDefinition] = index(
        [
            patient, organization, practitioner, encounter, endpoint, device, serviceRequest, imagingStudy,
            diagnosticReport, observation, provenance, auditEvent, subscription,
        ].map { $0 + "\n" + common })

    static let dataTypes: [String: TypeDefinition] = index([
        address, annotation, attachment, codeableConcept, coding, contactPoint, humanName, identifier, meta, narrative,
        period, quantity, range, ratio, reference, sampledData, signature, timing,
        quantity.replacing("Quantity\n", with: "Duration\n", maxReplacements: 1),
    ])

    private static func index(_ tables: [String]) -> [String: TypeDefinition] {
        let types = tables.map(TypeDefinition.init)
        return Dictionary(types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
