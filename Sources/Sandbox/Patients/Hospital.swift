/// Who assigns which numbers in the pretend hospital: HL7 namespaces and the FHIR systems that mean the same.
///
/// The object identifiers lie under 2.999, the arc that X.660 keeps for examples.
enum Hospital {
    static let patientNamespace = "HOSP"
    static let placerNamespace = "HIS"
    static let fillerNamespace = "RIS"
    static let patientSystem = "urn:oid:2.999.1"
    static let placerSystem = "urn:oid:2.999.2"
    static let fillerSystem = "urn:oid:2.999.3"
    /// Accession numbers are the hospital's, as patient numbers are: what many sites mean where OBR-18 names nobody.
    static let accessionNamespace = patientNamespace
    static let accessionSystem = patientSystem
}
