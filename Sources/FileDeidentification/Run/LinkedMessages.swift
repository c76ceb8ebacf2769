internal import DICOM
internal import Deidentification
internal import MessageDeidentification
internal import SecondOpinion

/// What the run's messages and resources tell, found by a patient's identifier or a study.
///
/// Assigners are written differently in images and messages, so that identifiers alone are compared: what is looked for
/// once too often harms nobody.
struct LinkedMessages {
    private let persons: [MessagePersons]
    private var byPatient: [String: [Int]] = [:]
    private var byStudy: [String: [Int]] = [:]

    init(_ persons: [MessagePersons]) {
        self.persons = persons
        for (index, person) in persons.enumerated() {
            for patient in person.subjects.patients { byPatient[patient.identifier, default: []].append(index) }
            for study in person.subjects.studies { byStudy[study, default: []].append(index) }
        }
    }

    /// What they tell of one of these patients, or of this study.
    func identities(of patients: Set<PatientKey>, study: UID) -> [KnownIdentity] {
        let linked =
            patients.filter(\.isPatient).flatMap { byPatient[$0.identifier] ?? [] }
            + (byStudy[study.value] ?? [])
        return Set(linked).sorted().map { persons[$0].identity }
    }
}
