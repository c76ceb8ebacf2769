public import FHIR
import JSON

extension ComposedReport {
    /// The same report as a new version of the EHR's resources: PUT with If-Match instead of conditional creates.
    ///
    /// What the EHR added to its copies stays; every element that a report of ours can have is replaced or removed, so
    /// that a finding that became a refusal leaves no value behind. Without `observation` that one is still created
    /// under its identifier.
    ///
    /// - Throws: `bundleInvalid` when a resource of the EHR has no id or no version.
    public func revised(
        report existing: DiagnosticReport, observation existingObservation: Observation?
    ) throws(ReportingError) -> ComposedReport {
        var entries: [BundleEntry] = []
        var moved: [String: String] = [:]
        for entry in bundle.entries {
            var entry = entry
            switch entry.resource?.resourceType {
            case DiagnosticReport.resourceType:
                try Self.update(&entry, existing.elements, owned: Self.reportElements, &moved)
            case Observation.resourceType:
                if let existingObservation {
                    try Self.update(&entry, existingObservation.elements, owned: Self.observationElements, &moved)
                }
            default: break
            }
            // A Provenance without an id of its own belongs to the first version only.
            if entry.request?.method == "POST", entry.resource?.resourceType == Provenance.resourceType { continue }
            entries.append(entry)
        }
        let pointed = entries.map { $0.pointing(to: moved) }
        return try ComposedReport(Bundle(transaction: pointed))
    }

    /// A transaction that marks the EHR's copies as entered in error and leaves everything else as it is.
    ///
    /// - Throws: `bundleInvalid` when a resource has no id or no version.
    public static func withdrawal(
        report: DiagnosticReport, observation: Observation?
    ) throws(ReportingError) -> Bundle {
        var entries: [BundleEntry] = []
        for elements in [report.elements, observation?.elements].compactMap({ $0 }) {
            var entry = BundleEntry(resource: try? Resource(.object(["resourceType": elements["resourceType"] ?? nil])))
            entry.resource?.elements["status"] = "entered-in-error"
            var moved: [String: String] = [:]
            try update(&entry, elements, owned: ["status"], &moved)
            entries.append(entry)
        }
        return Bundle(transaction: entries)
    }

    private static let reportElements = [
        "text", "identifier", "basedOn", "status", "category", "code", "subject", "encounter", "effectiveDateTime",
        "issued", "performer", "result", "imagingStudy", "conclusion", "presentedForm",
    ]

    private static let observationElements = [
        "text", "identifier", "basedOn", "status", "category", "code", "subject", "encounter", "effectiveDateTime",
        "issued", "performer", "valueCodeableConcept", "dataAbsentReason", "interpretation", "note", "bodySite",
        "device", "derivedFrom", "component",
    ]

    private static func update(
        _ entry: inout BundleEntry, _ existing: JSONObject, owned: [String], _ moved: inout [String: String]
    ) throws(ReportingError) {
        guard let ours = entry.resource?.elements, let type = ours["resourceType"]?.string,
            let id = existing["id"]?.string, isValidID(id), let version = existing["meta"]?["versionId"]?.string
        else { throw ReportingError(.bundleInvalid) }
        var merged = existing
        for name in owned {
            merged[name] = ours[name]
            merged["_\(name)"] = nil
        }
        entry.resource?.elements = merged
        if let url = entry.fullURL { moved[url] = "\(type)/\(id)" }
        entry.fullURL = nil
        entry.request = .update(type, id: id, version: version)
    }
}

extension BundleEntry {
    /// The entry with references to the given URLs turned to what they became.
    fileprivate func pointing(to moved: [String: String]) -> BundleEntry {
        var entry = self
        if let elements = resource?.elements { entry.resource?.elements = elements.pointing(to: moved) }
        return entry
    }
}

extension JSONObject {
    fileprivate func pointing(to moved: [String: String]) -> JSONObject {
        var result = self
        for (name, value) in self {
            if name == "reference", let target = value.string.flatMap({ moved[$0] }) {
                result[name] = .string(target)
            } else {
                result[name] = value.pointing(to: moved)
            }
        }
        return result
    }
}

extension JSONValue {
    fileprivate func pointing(to moved: [String: String]) -> JSONValue {
        switch self {
        case .array(let elements): .array(elements.map { $0.pointing(to: moved) })
        case .object(let object): .object(object.pointing(to: moved))
        case .null, .bool, .number, .string: self
        }
    }
}
