import Audit
import Gateway
import MessageDeidentification

extension CommandLog {
    /// Whom and which studies a message is about, as records name them. Nobody without an installation.
    func subjects(_ subjects: MessageSubjects) -> [Subject] {
        guard let configuration else { return [] }
        let patients = subjects.patients.compactMap { patient in
            configuration.subject(
                ofPatient: patient.identifier, namespace: patient.namespace, universalID: patient.universalID,
                system: patient.system)
        }
        let studies = subjects.studies.map { Subject(type: .study, identifier: $0) }
        // The same every time, whatever the order in which a set answers.
        return Set(patients).sorted { $0.value < $1.value } + studies.sorted { $0.value < $1.value }
    }
}
