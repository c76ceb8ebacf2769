public import HL7v2

extension OrderMapping {
    /// What an ADT message says of patients; nil for a message that the mapping file does not read as one.
    ///
    /// Patient fields are read from the places that the file names for orders, identifiers are assigned as in orders.
    /// Each PID begins a group of its own (ADT_A39): its survivors and the MRG that follows belong together. A prior
    /// identifier is paired with the survivor of the same assigner and type, else of the same assigner, else with the
    /// first that has a known assigner.
    ///
    /// - Throws: `patientMissing` without a PID or an identifier in it, `priorIdentifierMissing` for a merge without
    ///   one, `tooManyPatients`.
    public func patientChange(from message: Message) throws(MappingError) -> PatientChange? {
        let isUpdate = patients.updates.contains(message.messageType)
        guard isUpdate || patients.merges.contains(message.messageType) else { return nil }
        let groups = OrderGroup.groups(of: message, startingAt: "PID")
        guard let first = groups.first else {
            throw MappingError(.patientMissing, at: ErrorLocation(segment: "PID"))
        }
        guard groups.count <= Self.mostPatients else {
            throw MappingError(
                .tooManyPatients, at: ErrorLocation(segment: "PID", sequence: Self.mostPatients + 1))
        }
        let rules = rules(for: message)
        guard !isUpdate else {
            var reader = OrderReader(message, first, self, rules)
            return .update(try reader.patientUpdate())
        }
        var merges: [PatientMerge] = []
        for group in groups {
            var reader = OrderReader(message, group, self, rules)
            for merge in try reader.merges() where !merges.contains(merge) { merges.append(merge) }
        }
        return .merge(merges)
    }

    /// The most PID and MRG pairs that are read from one message.
    static let mostPatients = 200
}

extension OrderReader {
    fileprivate mutating func patientUpdate() throws(MappingError) -> PatientUpdate {
        let identifiers = try survivors()
        let name = patientName()
        let birthDate = birthDate()
        let sex = single(.sex)?.text
        return PatientUpdate(
            identifiers: identifiers, name: name, birthDate: birthDate, sex: sex, cleared: cleared)
    }

    fileprivate mutating func merges() throws(MappingError) -> [PatientMerge] {
        let surviving = try survivors().filter { $0.assigner != nil }
        let priors = try priors().filter { $0.assigner != nil }
        return priors.compactMap { prior in
            let same = surviving.filter { $0.assigner == prior.assigner }
            guard !same.contains(where: { $0.isSame(as: prior) }),
                let survivor = same.first(where: { $0.typeCode == prior.typeCode }) ?? same.first ?? surviving.first
            else { return nil }
            return PatientMerge(prior: prior, surviving: survivor)
        }
    }

    private mutating func survivors() throws(MappingError) -> [AssignedIdentifier] {
        let identifiers = patientIdentifiers()
        guard identifiers.isEmpty else { return identifiers }
        throw MappingError(
            .patientMissing,
            at: firstPath(.patientIdentifier).map { ErrorLocation($0) } ?? ErrorLocation(segment: "PID"))
    }

    private mutating func priors() throws(MappingError) -> [AssignedIdentifier] {
        for path in mapping.patients.priors {
            let identifiers = group.paths(path).flatMap { patientIdentifiers(at: $0, nil) }
            if !identifiers.isEmpty { return identifiers }
        }
        let place = mapping.patients.priors.first.map { group.path($0) ?? $0 }
        throw MappingError(
            .priorIdentifierMissing, at: place.map { ErrorLocation($0) } ?? ErrorLocation(segment: "MRG"))
    }
}
