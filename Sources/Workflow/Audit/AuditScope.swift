import Audit
import DICOM
import Mapping
import Sealing

/// What an audit record is about: correlation, subjects and the peer that is talked to.
public struct AuditScope: Sendable {
    let correlation: CorrelationID
    private(set) var subjects: [Subject]
    private(set) var peer: Peer?

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

    /// The same, talking to a configured peer.
    func peer(_ name: String) -> AuditScope {
        var scope = self
        scope.peer = Peer(name: name)
        return scope
    }

    /// The same, about further identifiers of patients, which come first.
    func naming(patients: [AssignedIdentifier]) -> AuditScope {
        var scope = self
        let named = patients.map(Subject.init(patient:))
        scope.subjects = named + subjects.filter { !named.contains($0) }
        return scope
    }

    /// The same, about a study that was found.
    func study(_ uid: UID) -> AuditScope {
        var scope = self
        let subject = Subject(type: .study, identifier: uid.value)
        if !scope.subjects.contains(subject) { scope.subjects.append(subject) }
        return scope
    }
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
