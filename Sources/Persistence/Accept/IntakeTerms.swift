import Mapping
import Sealing
import Workflow

/// The keyed values of what an intake asks for, made once and before its transaction.
struct IntakeTerms: Sendable {
    let keys: [(key: OrderKey, term: OrderTerm)]
    let studies: [(uid: String, term: OrderTerm)]
    /// Of a known assigner only: the others equal nothing.
    let patients: [(patient: AssignedIdentifier, value: [UInt8])]
    let wantsOrdersOfPatients: Bool
    let deduplication: [UInt8]?

    init(_ intake: Intake, values: KeyedValues) {
        keys = intake.keys.map { ($0, OrderTerm($0, values: values)) }
        studies = intake.studies.map { ($0, OrderTerm(study: $0, values: values)) }
        patients = intake.patients.compactMap { patient in
            patient.patientText.map { (patient, values(.patient, $0)) }
        }
        wantsOrdersOfPatients = intake.wantsOrdersOfPatients
        deduplication = MessageDraft.deduplication(intake.message, values: values)
    }

    /// Terms that find orders.
    var orderTerms: [OrderTerm] {
        keys.map(\.term) + studies.map(\.term)
            + (wantsOrdersOfPatients ? patients.map { OrderTerm(.patient, $0.value) } : [])
    }

    /// Everything to look up at once.
    var values: [Int64] {
        let all = keys.map(\.term.value) + studies.map(\.term.value) + patients.map(\.value)
        return (all + (deduplication.map { [$0] } ?? [])).map(LookupEntry.leading)
    }

    /// Whether nothing of this is known: no order, no resend, no merged patient. A data key says nothing about orders.
    func areNew(to found: Set<LookupEntry>) -> Bool {
        let orders = Set(orderTerms.map { LookupEntry.leading($0.value) })
        return found.allSatisfy { entry in
            switch entry.kind {
            case .order: !orders.contains(entry.value)
            case .message, .merge: false
            case .dataKey, .leaf, nil: true
            }
        }
    }
}
