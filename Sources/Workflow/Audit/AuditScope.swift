public import Audit
import DICOM
import Mapping
import Sealing

/// What an audit record is about: correlation, subjects and the peer that is talked to, and how the access counts.
public struct AuditScope: Sendable {
    let correlation: CorrelationID
    private(set) var subjects: [Subject]
    private(set) var peer: Peer?
    private(set) var accessClass = AccessClass.treatment
    private(set) var purpose = PurposeOfUse.treatment

    /// Everything that a stored order names; a tombstone or notice names what its message does.
    init(order: StoredOrder, naming message: ImagingOrder? = nil) {
        correlation = order.content.correlation
        subjects = [Subject(type: .order, identifier: order.id.value)]
        guard let imaging = message ?? order.content.order else { return }
        subjects += imaging.patient.map(Subject.init(patient:))
        subjects += imaging.identity.keys.map { key in
            Subject(
                type: Subject.Kind(key.kind), assigner: key.identifier.assigner?.name ?? "",
                identifier: key.identifier.value)
        }
        if let study = imaging.studyInstanceUID { subjects.append(Subject(type: .study, identifier: study.value)) }
    }

    /// Patients whom no order is known of.
    init(patients: [AssignedIdentifier]) {
        correlation = CorrelationID(value: randomUUID())
        subjects = patients.map(Subject.init(patient:))
    }

    /// Something that belongs to no order, or to the order of this correlation.
    public init(correlation: CorrelationID? = nil, subjects: [Subject] = []) {
        self.correlation = correlation ?? CorrelationID(value: randomUUID())
        self.subjects = subjects
    }

    /// The same, talking to a configured peer.
    func peer(_ name: String) -> AuditScope {
        var scope = self
        scope.peer = Peer(name: name)
        return scope
    }

    /// The same, given to somebody outside for the purpose that is configured.
    func disclosed(for purpose: PurposeOfUse?) -> AuditScope {
        guard let purpose else { return self }
        var scope = self
        scope.accessClass = .disclosure
        scope.purpose = purpose
        return scope
    }

    /// The same, in the part of running the service.
    public func counted(as accessClass: AccessClass, for purpose: PurposeOfUse) -> AuditScope {
        var scope = self
        scope.accessClass = accessClass
        scope.purpose = purpose
        return scope
    }

    /// The same, about further identifiers of patients, which come first.
    func naming(patients: [AssignedIdentifier]) -> AuditScope {
        var scope = self
        let named = patients.map(Subject.init(patient:))
        scope.subjects = named + subjects.filter { !named.contains($0) }
        return scope
    }

    /// The same, about more.
    func naming(_ further: [Subject]) -> AuditScope {
        guard !further.isEmpty else { return self }
        var scope = self
        for subject in further where !scope.subjects.contains(subject) { scope.subjects.append(subject) }
        return scope
    }

    /// The same, about a study that was found.
    func study(_ uid: UID) -> AuditScope { naming([Subject(type: .study, identifier: uid.value)]) }
}

extension Subject {
    init(patient: AssignedIdentifier) {
        self.init(type: .patient, assigner: patient.assigner?.name ?? "", identifier: patient.value)
    }
}

extension Subject.Kind {
    init(_ kind: OrderKey.Kind) {
        switch kind {
        case .accession: self = .accession
        case .filler: self = .filler
        case .placer: self = .placer
        }
    }
}
