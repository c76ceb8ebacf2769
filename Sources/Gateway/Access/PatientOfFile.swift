public import Audit
public import DICOM
import Mapping

extension Configuration {
    /// Whom and which study a DICOM file is about, as records name them: so that they are found by the patient and go
    /// with the patient's keys.
    ///
    /// The assigner is that of (0010,0021); without one the archives' default assigner where all have the same. A number
    /// that nobody is known to assign stands without.
    public func subjects(of header: DataSet) -> [Subject] {
        let study = header.uid(.studyInstanceUID).map { Subject(type: .study, identifier: $0.value) }
        let patient = header.string(.patientID).flatMap { number -> Subject? in
            let value = AssignedIdentifier(assigner: nil, value: number).value
            guard !value.isEmpty else { return nil }
            let assigner = assigner(ofIssuer: header.string(.issuerOfPatientID) ?? "")
            return Subject(type: .patient, assigner: assigner ?? "", identifier: value)
        }
        return [patient, study].compactMap(\.self)
    }

    private func assigner(ofIssuer issuer: String) -> String? {
        guard issuer.isEmpty else { return (try? assignerDirectory())?.assigner(dicomIssuer: issuer)?.name }
        let defaults = Set(archives.map(\.defaultAssigner))
        return defaults.count == 1 ? defaults.first ?? nil : nil
    }
}
