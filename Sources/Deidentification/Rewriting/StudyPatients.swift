/// The patients that the objects of one study name: one study has one patient, and its dates move together.
package struct StudyPatients: Sendable {
    private let keys: Set<PatientKey>
    /// Issuers by Patient ID.
    private let issuers: [String: Set<String>]

    /// - Parameter keys: what each object of the study names.
    package init(_ keys: some Sequence<PatientKey>) {
        self.keys = Set(keys)
        var issuers: [String: Set<String>] = [:]
        for key in self.keys where key.isPatient && !key.issuer.isEmpty {
            issuers[key.identifier, default: []].insert(key.issuer)
        }
        self.issuers = issuers
    }

    /// Whose pseudonym an object gets: one that names no issuer (0010,0021) has that of the others with the same Patient
    /// ID, if these have one.
    func named(by key: PatientKey) -> PatientKey {
        guard key.isPatient, key.issuer.isEmpty, let known = issuers[key.identifier], known.count == 1,
            let issuer = known.first
        else { return key }
        return PatientKey(issuer: issuer, identifier: key.identifier)
    }

    /// By whose days the dates of an object move: one without a Patient ID belongs to the only patient of its study.
    func dated(by key: PatientKey) -> PatientKey {
        guard !key.isPatient else { return named(by: key) }
        let patients = Set(keys.filter(\.isPatient).map(named))
        guard patients.count == 1, let only = patients.first else { return key }
        return only
    }

    /// Whether all dates of the study move by the same days.
    var areOne: Bool { Set(keys.map(dated)).count <= 1 }
}
