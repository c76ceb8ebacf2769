public import Audit
import Mapping

extension Configuration {
    /// A patient of a message or resource, as records name them: under the configured assigner, or without one where
    /// nobody is known to assign the number.
    /// - Parameters:
    ///   - namespace: CX.4.1 of HL7 v2; `universalID` is CX.4.2.
    ///   - system: the system of a FHIR Identifier.
    public func subject(
        ofPatient number: String, namespace: String?, universalID: String?, system: String?
    ) -> Subject? {
        let value = AssignedIdentifier(assigner: nil, value: number).value
        guard !value.isEmpty else { return nil }
        let directory = try? assignerDirectory()
        let assigner =
            system.flatMap { directory?.assigner(fhirSystem: $0) }
            ?? directory?.assigner(namespace: namespace, universalID: universalID)
        return Subject(type: .patient, assigner: assigner?.name ?? "", identifier: value)
    }
}
