/// What the configuration says of one assigner.
public struct AssignerEntry: Sendable, Hashable {
    /// The name in the configuration: letters, digits, `.`, `_` and `-`.
    public let name: String
    /// Namespace IDs and universal IDs (OIDs and others) of HL7 v2, data type HD.
    public let hl7: [String]
    /// The identifier system of FHIR. `urn:oid:…` also names the universal ID.
    public let fhir: String?
    /// Issuer of Patient ID, and local or universal entity IDs of DICOM.
    public let dicom: [String]

    /// One entry of the configuration's `assigners`.
    public init(name: String, hl7: [String] = [], fhir: String? = nil, dicom: [String] = []) {
        self.name = name
        self.hl7 = hl7
        self.fhir = fhir
        self.dicom = dicom
    }
}

/// All configured assigners, found by the names that each standard gives them. Names are compared byte for byte after
/// padding is taken off.
public struct AssignerDirectory: Sendable, Equatable {
    private var byHL7: [String: Assigner] = [:]
    private var byFHIR: [String: Assigner] = [:]
    private var byDICOM: [String: Assigner] = [:]
    private var systems: [Assigner: String] = [:]
    private var issuers: [Assigner: [String]] = [:]
    private var namespaces: [Assigner: String] = [:]
    private var universalIDs: [Assigner: String] = [:]
    /// Assigners whose universal IDs are configured, so that another one contradicts.
    private var withUniversalID: Set<Assigner> = []

    /// - Throws: `assignerAmbiguous` where two entries share a name, namespace, system or issuer; `invalidValue` where
    ///   a name is empty or has characters other than letters, digits, `.`, `_` and `-`.
    public init(_ entries: [AssignerEntry]) throws(MappingError) {
        for (index, entry) in entries.enumerated() {
            let path = "assigners[\(index)]"
            guard Self.isName(entry.name) else { throw MappingError(.invalidValue, keyPath: path) }
            let assigner = Assigner(name: entry.name)
            guard issuers.updateValue(entry.dicom, forKey: assigner) == nil else {
                throw MappingError(.assignerAmbiguous, keyPath: path)
            }
            var universal = entry.hl7.filter(Self.isOID)
            if let system = entry.fhir {
                systems[assigner] = system
                try Self.add(system, assigner, to: &byFHIR, "\(path).fhir")
                if system.hasPrefix("urn:oid:") { universal.append(String(system.dropFirst("urn:oid:".count))) }
            }
            for name in Set(entry.hl7 + universal) { try Self.add(name, assigner, to: &byHL7, "\(path).hl7") }
            for name in entry.dicom { try Self.add(name, assigner, to: &byDICOM, "\(path).dicom") }
            if !universal.isEmpty { withUniversalID.insert(assigner) }
            namespaces[assigner] = entry.hl7.first { !Self.isOID($0) }
            universalIDs[assigner] = universal.first
        }
    }

    private static func add(
        _ name: String, _ assigner: Assigner, to table: inout [String: Assigner], _ keyPath: String
    ) throws(MappingError) {
        let trimmed = AssignedIdentifier.trimmed(name)
        guard !trimmed.isEmpty else { throw MappingError(.invalidValue, keyPath: keyPath) }
        guard table.updateValue(assigner, forKey: trimmed).map({ $0 == assigner }) ?? true else {
            throw MappingError(.assignerAmbiguous, keyPath: keyPath)
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
            }
    }

    private static func isOID(_ text: String) -> Bool {
        text.contains(".")
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The assigner that an HD or the like names; nil if neither part is known, or if the parts contradict each other.
    ///
    /// - Parameters:
    ///   - namespace: HD.1.
    ///   - universalID: HD.2.
    public func assigner(namespace: String?, universalID: String?) -> Assigner? {
        let byNamespace = Self.given(namespace).map { byHL7[$0] }
        let byUniversalID = Self.given(universalID).map { byHL7[$0] }
        switch (byNamespace, byUniversalID) {
        case (nil, nil): return nil
        case (let one?, nil), (nil, let one?): return one
        case (let one?, let other?):
            if one == other || one == nil { return other }
            // A universal ID that nobody has contradicts a namespace whose universal ID is configured.
            guard other == nil, let assigner = one, !withUniversalID.contains(assigner) else { return nil }
            return assigner
        }
    }

    /// The assigner whose FHIR system it is.
    public func assigner(fhirSystem: String) -> Assigner? { byFHIR[AssignedIdentifier.trimmed(fhirSystem)] }

    /// The assigner whose DICOM issuer it is.
    public func assigner(dicomIssuer: String) -> Assigner? { byDICOM[AssignedIdentifier.trimmed(dicomIssuer)] }

    /// The assigner of that name; nil if it is not configured.
    public func assigner(named name: String) -> Assigner? {
        let assigner = Assigner(name: name)
        return issuers[assigner] == nil ? nil : assigner
    }

    /// The FHIR system of an assigner; nil if none is configured.
    public func fhirSystem(of assigner: Assigner) -> String? { systems[assigner] }

    /// HD.1 and HD.2 (an ISO OID) of an assigner, for what we write ourselves; the first of each that is configured.
    public func hl7Names(of assigner: Assigner) -> (namespace: String?, universalID: String?) {
        (namespaces[assigner], universalIDs[assigner])
    }

    /// The DICOM issuers of an assigner, in the order of the configuration.
    public func dicomIssuers(of assigner: Assigner) -> [String] { issuers[assigner] ?? [] }

    private static func given(_ text: String?) -> String? {
        let trimmed = AssignedIdentifier.trimmed(text ?? "")
        return trimmed.isEmpty ? nil : trimmed
    }
}
