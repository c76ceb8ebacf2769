import HL7v2

extension OrderReader {
    /// The keys of the order. An order needs at least one; its accession number must be usable if it has one.
    mutating func identity() -> OrderIdentity {
        let accession = orderNumber(.accessionNumber)
        let filler = orderNumber(.fillerOrderNumber)
        let placer = orderNumber(.placerOrderNumber)
        let identity = OrderIdentity(
            accession: accession?.identifier, filler: filler?.identifier, placer: placer?.identifier)
        if let accession, accession.identifier.assigner == nil {
            problem(.assignerUnknown, .accessionNumber, accession.path.with(component: 2))
        }
        for (field, number) in [(OrderField.fillerOrderNumber, filler), (.placerOrderNumber, placer)] {
            guard let number, number.identifier.assigner == nil else { continue }
            let path = number.path.with(component: 2)
            if identity.keys.isEmpty {
                problem(.assignerUnknown, field, path)
            } else {
                warning(.assignerUnknown, field, path)
            }
        }
        if identity.keys.isEmpty, problems.isEmpty { problem(.missing, .placerOrderNumber, nil) }
        return identity
    }

    /// An entity identifier (EI): value, namespace, universal ID, its type.
    private mutating func orderNumber(_ field: OrderField) -> (identifier: AssignedIdentifier, path: FieldPath)? {
        guard let (path, place) = composite(field), let value = number(at: path, place) else { return nil }
        guard Self.isKey(value), field != .accessionNumber || Self.isAccessionNumber(value) else {
            problem(.invalid, field, path)
            return nil
        }
        let assigner =
            path.component == nil
            ? assigner(namespace: component(2, of: path), universalID: component(3, of: path), place)
            : assigner(namespace: nil, universalID: nil, place)
        return (AssignedIdentifier(assigner: assigner, value: value), path)
    }

    /// Every repetition of the patient's identifiers (CX); the check digit is no part of the value.
    mutating func patientIdentifiers() -> [AssignedIdentifier] {
        guard let (path, place) = composite(.patientIdentifier) else { return [] }
        let identifiers = patientIdentifiers(at: path, place)
        if identifiers.isEmpty, rules.required.contains(.patientIdentifier) {
            problem(.missing, .patientIdentifier, path)
        }
        return identifiers
    }

    /// The identifiers of one field, already counted over the message.
    mutating func patientIdentifiers(at path: FieldPath, _ place: Place?) -> [AssignedIdentifier] {
        let numbers = path.repetition.map { $0...$0 } ?? 1...max(message.repetitionCount(at: path), 1)
        return numbers.compactMap { patientIdentifier(path.with(repetition: $0), place) }
    }

    private mutating func patientIdentifier(_ path: FieldPath, _ place: Place?) -> AssignedIdentifier? {
        guard let value = place.map({ number(at: path, $0) }) ?? component(1, of: path) else { return nil }
        let isWhole = path.component == nil
        let type = isWhole ? component(5, of: path) : nil
        let types = rules.patientIdentifierTypes
        if let type, !types.isEmpty, !types.contains(type) { return nil }
        guard Self.isKey(value) else {
            problem(.invalid, .patientIdentifier, path)
            return nil
        }
        let assigner =
            isWhole
            ? assigner(namespace: component(4, 1, of: path), universalID: component(4, 2, of: path), place)
            : assigner(namespace: nil, universalID: nil, place)
        return AssignedIdentifier(assigner: assigner, value: value, typeCode: type)
    }

    /// Who assigned an identifier: the one it names, else the place's, else the source's.
    private func assigner(namespace: String?, universalID: String?, _ place: Place?) -> Assigner? {
        guard namespace != nil || universalID != nil else {
            guard let named = place?.assigner else { return mapping.sender.defaultAssigner }
            return mapping.sender.assigners.assigner(named: named.name)
        }
        return mapping.sender.assigners.assigner(namespace: namespace, universalID: universalID)
    }

    /// Text that can be told apart from other text: no control characters, nothing that could not be decoded.
    static func isKey(_ text: String) -> Bool {
        text.utf8.count <= 199
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\u{FFFD}" }
    }

    /// The rules of DICOM's SH for (0008,0050): at most 16 characters, no backslash (PS3.5 §6.2).
    static func isAccessionNumber(_ text: String) -> Bool {
        text.unicodeScalars.count <= 16 && !text.contains("\\")
    }
}
