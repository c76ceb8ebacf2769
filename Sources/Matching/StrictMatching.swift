public import DICOM
public import FHIR
public import Mapping

/// The strict rule: patient identifier and accession number, each as (assigner, value), are equal in order, EHR and
/// images, before and after retrieval. Anything missing, unknown or ambiguous is no match.
public struct StrictMatching: Sendable {
    private let assigners: AssignerDirectory
    /// The assigner meant by the EHR's identifiers that have no system.
    private let ehrDefault: Assigner?
    /// The assigner meant by the archive's identifiers that have no issuer.
    private let archiveDefault: Assigner?
    /// The EHR's service root, so that its absolute references compare with relative ones.
    private let ehrBase: String?

    public init(
        assigners: AssignerDirectory, ehrDefault: Assigner?, archiveDefault: Assigner?, ehrBase: String? = nil
    ) {
        self.ehrBase = ehrBase
        self.assigners = assigners
        self.ehrDefault = ehrDefault
        self.archiveDefault = archiveDefault
    }

    /// The identifiers to search the EHR's Patient by: those of the order whose assigner has a FHIR system.
    ///
    /// Throws `orderPatientUnassigned` when there is none.
    public func patientIdentifiers(of order: ImagingOrder) throws(MatchingError) -> [Identifier] {
        let identifiers = order.patient.compactMap(identifier(for:))
        guard !identifiers.isEmpty else { throw MatchingError(.orderPatientUnassigned) }
        return identifiers
    }

    /// The identifiers to search the EHR's ServiceRequest by: placer, filler and accession number.
    public func serviceRequestIdentifiers(of order: ImagingOrder) -> [Identifier] {
        order.identity.keys.compactMap { identifier(for: $0.identifier) }
    }

    /// Compares order, EHR and the archive's index before anything is retrieved.
    ///
    /// - Parameter formerPatient: Identifiers that were merged into those of the order's patient: images may still
    ///   carry them. The EHR is not asked for them.
    public func match(
        order: ImagingOrder, formerPatient: [AssignedIdentifier] = [], patients: [Patient],
        serviceRequests: [ServiceRequest], imagingStudies: [ImagingStudy],
        study: StudyReference
    ) throws(MatchingError) -> Matched<MatchedContext> {
        let patient = try onePatient(of: order, among: patients)
        // What was written about the record that lost still points to it.
        let records = [patient] + patients.filter { isReplaced($0, by: patient) }
        let requests = serviceRequests.filter { isRequest($0, for: order) }
        let serviceRequest = try one(requests, \.id, else: .serviceRequestAmbiguous)
        if let serviceRequest, !isSubject(serviceRequest.subject, records) {
            throw MatchingError(.serviceRequestPatientMismatch)
        }
        let imagingStudy = try one(imagingStudies, \.id, else: .imagingStudyAmbiguous)
        if let imagingStudy, !isSubject(imagingStudy.subject, records) {
            throw MatchingError(.imagingStudyPatientMismatch)
        }
        try compare(
            StudyIdentity(study), with: order, formerly: formerPatient, and: patient,
            studyInstanceUID: study.studyInstanceUID)
        return Matched(
            MatchedContext(
                order: order, formerPatient: formerPatient, patient: patient, serviceRequest: serviceRequest,
                imagingStudy: imagingStudy,
                study: study))
    }

    /// Compares again on the headers of what arrived; every instance must agree.
    public func match(
        _ matched: Matched<MatchedContext>, headers: [DataSet]
    ) throws(MatchingError) -> Matched<MatchedContext> {
        for header in headers {
            try compare(
                StudyIdentity(header), with: matched.value.order, formerly: matched.value.formerPatient,
                and: matched.value.patient,
                studyInstanceUID: matched.value.study.studyInstanceUID)
        }
        return matched
    }

    // MARK: - Parts of the rule

    private func onePatient(of order: ImagingOrder, among patients: [Patient]) throws(MatchingError) -> Patient {
        _ = try patientIdentifiers(of: order)
        // After a merge the EHR keeps the record that lost, inactive and pointing to the survivor: it is nobody's now.
        let current = patients.filter { !isReplaced($0) }
        guard let patient = try one(current, \.id, else: .patientAmbiguous) else {
            throw MatchingError(.patientNotFound)
        }
        let known = identifiers(of: patient)
        guard order.patient.contains(where: { wanted in known.contains { $0.isSame(as: wanted) } }) else {
            throw MatchingError(.ehrPatientMismatch)
        }
        return patient
    }

    /// None is `nil`, one or the same resource several times is that one, more is ambiguous.
    private func one<Resource>(
        _ resources: [Resource], _ id: KeyPath<Resource, String?>, else code: MatchingError.Code
    ) throws(MatchingError) -> Resource? {
        guard let first = resources.first else { return nil }
        guard let name = first[keyPath: id], resources.allSatisfy({ $0[keyPath: id] == name }) else {
            throw MatchingError(code)
        }
        return first
    }

    private func compare(
        _ study: StudyIdentity, with order: ImagingOrder, formerly former: [AssignedIdentifier], and patient: Patient,
        studyInstanceUID: UID
    ) throws(MatchingError) {
        guard study.studyInstanceUID == studyInstanceUID,
            order.studyInstanceUID == nil || order.studyInstanceUID == studyInstanceUID
        else { throw MatchingError(.studyInstanceUIDMismatch) }

        guard let value = study.patientID, !value.isEmpty,
            let assigner = dicomAssigner(study.issuerOfPatientID)
        else { throw MatchingError(.studyPatientUnassigned) }
        let studyPatient = AssignedIdentifier(assigner: assigner, value: value)
        let isCurrent =
            order.patient.contains { $0.isSame(as: studyPatient) }
            && identifiers(of: patient).contains { $0.isSame(as: studyPatient) }
        guard isCurrent || former.contains(where: { $0.isSame(as: studyPatient) }) else {
            throw MatchingError(.studyPatientMismatch)
        }

        try compareAccession(study, with: order)
    }

    /// An order without an accession number is bound to its study by the Study Instance UID alone.
    private func compareAccession(_ study: StudyIdentity, with order: ImagingOrder) throws(MatchingError) {
        guard let wanted = order.identity.accession else {
            guard order.studyInstanceUID != nil else { throw MatchingError(.accessionUnassigned) }
            return
        }
        guard let value = study.accessionNumber, !value.isEmpty,
            let assigner = dicomAssigner(study.issuerOfAccessionNumber),
            wanted.isSame(as: AssignedIdentifier(assigner: assigner, value: value))
        else { throw MatchingError(.accessionMismatch) }
    }

    private func dicomAssigner(_ issuer: String?) -> Assigner? {
        guard let issuer, !issuer.isEmpty else { return archiveDefault }
        return assigners.assigner(dicomIssuer: issuer)
    }

    private func identifier(for assigned: AssignedIdentifier) -> Identifier? {
        guard let assigner = assigned.assigner, let system = assigners.fhirSystem(of: assigner) else { return nil }
        return Identifier(system: system, value: assigned.value)
    }

    private func identifiers(of patient: Patient) -> [AssignedIdentifier] {
        patient.identifiers.map { AssignedIdentifier($0, assigners, ehrDefault) }
    }

    /// A search finds a number whatever it numbers: a ServiceRequest whose placer number is our accession number is not
    /// our order's. An identifier without a type may be any of them.
    private func isRequest(_ request: ServiceRequest, for order: ImagingOrder) -> Bool {
        request.identifiers.contains { identifier in
            let assigned = AssignedIdentifier(identifier, assigners, ehrDefault)
            let kind = OrderKey.kind(of: identifier)
            return order.identity.keys.contains { key in
                (kind == nil || kind == key.kind) && key.identifier.isSame(as: assigned)
            }
        }
    }

    private func isSubject(_ subject: Reference?, _ records: [Patient]) -> Bool {
        guard let subject else { return false }
        return records.contains { isReference(subject, to: $0) }
    }

    private func isReference(_ reference: Reference, to patient: Patient) -> Bool {
        guard let target = reference.target, let own = patient.id.flatMap({ ReferenceTarget("Patient/\($0)") }) else {
            return false
        }
        return target.isSame(as: own, onServerAt: ehrBase)
    }

    private func isReplaced(_ patient: Patient) -> Bool { patient.active == false && !patient.replacedBy.isEmpty }

    private func isReplaced(_ patient: Patient, by survivor: Patient) -> Bool {
        isReplaced(patient) && patient.replacedBy.contains { isReference($0, to: survivor) }
    }
}

/// Who and what a study says it is: from the archive's index or from an instance's header.
private struct StudyIdentity {
    let studyInstanceUID: UID?
    let patientID: String?
    let issuerOfPatientID: String?
    let accessionNumber: String?
    let issuerOfAccessionNumber: String?

    init(_ study: StudyReference) {
        studyInstanceUID = study.studyInstanceUID
        patientID = study.patientID
        issuerOfPatientID = study.issuerOfPatientID
        accessionNumber = study.accessionNumber
        issuerOfAccessionNumber = study.issuerOfAccessionNumber
    }

    init(_ header: DataSet) {
        studyInstanceUID = header.uid(.studyInstanceUID)
        patientID = header.string(.patientID)
        issuerOfPatientID = header.string(.issuerOfPatientID)
        accessionNumber = header.string(.accessionNumber)
        let issuer = header.items(.issuerOfAccessionNumberSequence).first
        issuerOfAccessionNumber =
            issuer?.string(.localNamespaceEntityID) ?? issuer?.string(.universalEntityID)
    }
}

extension OrderKey {
    /// The number that the identifier's type says it is (table 0203, in its old URI too); `nil` for any other type.
    fileprivate static func kind(of identifier: Identifier) -> Kind? {
        switch identifier.typeCode ?? identifier.type?.code(in: "http://hl7.org/fhir/v2/0203") {
        case "ACSN": .accession
        case "FILL": .filler
        case "PLAC": .placer
        default: nil
        }
    }
}
