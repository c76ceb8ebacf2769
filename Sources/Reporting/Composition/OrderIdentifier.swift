public import FHIR
public import Mapping

/// The identifier by which the EHR knows an order best, for `basedOn.identifier`: what the EHR itself assigned first
/// (placer, then filler, then accession number), with its system where the configuration names one.
///
/// Nil only for an order without keys.
public func orderIdentifier(of order: OrderIdentity, assigners: AssignerDirectory) -> Identifier? {
    let keys = order.keys.reversed()
    let known = keys.first { system(of: $0, assigners) != nil } ?? keys.first
    return known.map { key in
        Identifier(
            system: system(of: key, assigners), value: key.identifier.value,
            type: CodeableConcept(Coding(system: Identifier.typeSystem, code: typeCode(key.kind))))
    }
}

private func system(of key: OrderKey, _ assigners: AssignerDirectory) -> String? {
    key.identifier.assigner.flatMap { assigners.fhirSystem(of: $0) }
}

/// HL7 table 0203.
private func typeCode(_ kind: OrderKey.Kind) -> String {
    switch kind {
    case .accession: "ACSN"
    case .filler: "FILL"
    case .placer: "PLAC"
    }
}
