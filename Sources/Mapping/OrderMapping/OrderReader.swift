import DICOM
import HL7v2

/// Reads one order group field by field, noting what is wrong and where each value came from.
struct OrderReader {
    let message: Message
    let group: OrderGroup
    let mapping: OrderMapping
    let rules: ReadingRules
    private(set) var problems: [OrderProblem] = []
    private(set) var warnings: [OrderProblem] = []
    private(set) var trace = MappingTrace()
    private(set) var cleared: [String] = []

    init(_ message: Message, _ group: OrderGroup, _ mapping: OrderMapping, _ rules: ReadingRules) {
        self.message = message
        self.group = group
        self.mapping = mapping
        trace.entries.reserveCapacity(OrderField.allCases.count)
        self.rules = rules
    }

    mutating func read() -> OrderCandidate {
        var order = ImagingOrder(identity: identity(), source: mapping.sender.name)
        order.patient = patientIdentifiers()
        order.patientName = patientName()
        order.birthDate = birthDate()
        order.sex = single(.sex)?.text
        order.orderControl = orderControl()
        order.orderStatus = single(.orderStatus)?.text
        order.procedureCode = composite(.procedureCode).flatMap { concept($0.path) }
        order.modality = single(.modality)?.text
        order.bodyPart = single(.bodyPart)?.text
        order.studyInstanceUID = studyInstanceUID()
        order.scheduledTime = orderTime(.scheduledTime)
        order.transactionTime = orderTime(.transactionTime)
        order.requestedProcedureID = single(.requestedProcedureID)?.text
        order.priority = single(.priority)?.text
        order.cleared = cleared
        order.mappingVersion = mapping.version
        order.messageControlID = String(decoding: message.messageControlID, as: UTF8.self)
        requireOneStudy()
        if order.orderControl.isCancellation {
            problems.removeAll { $0.kind == .missing && $0.field != .placerOrderNumber }
        }
        return OrderCandidate(order: order, problems: problems, warnings: warnings, trace: trace)
    }

    // MARK: - Notes

    /// What is said at the first place that says something.
    struct Found {
        let text: String
        /// nil for a constant of the mapping file.
        let path: FieldPath?
        let place: Place
    }

    mutating func note(
        _ field: OrderField, _ path: FieldPath?, _ place: Place?, isUnmapped: Bool = false, isNull: Bool = false
    ) {
        trace.entries.append(
            .init(field: field, path: path, origin: place?.origin, isUnmapped: isUnmapped, isNull: isNull))
        if isNull { cleared.append(field.rawValue) }
        if place == nil || isNull, rules.required.contains(field) { problem(.missing, field, path) }
    }

    mutating func problem(_ kind: OrderProblem.Kind, _ field: OrderField, _ path: FieldPath?) {
        guard let path = path ?? firstPath(field) else { return }
        problems.append(OrderProblem(kind: kind, field: field, path: path))
    }

    mutating func warning(_ kind: OrderProblem.Kind, _ field: OrderField, _ path: FieldPath?) {
        if rules.required.contains(field) {
            problem(kind, field, path)
        } else if let path {
            warnings.append(OrderProblem(kind: kind, field: field, path: path))
        }
    }

    /// The place where the sender would be expected to say it.
    func firstPath(_ field: OrderField) -> FieldPath? {
        let paths = rules[field].lazy.compactMap(\.path)
        return paths.compactMap { group.path($0) }.first ?? paths.first
    }

    // MARK: - Values

    /// The value of a field that is one component.
    mutating func single(_ field: OrderField) -> Found? {
        for place in rules[field] where isApplicable(place) {
            switch place.source {
            case .constant(let value):
                note(field, nil, place)
                return Found(text: value, path: nil, place: place)
            case .path(let written):
                guard let path = group.path(written) else { continue }
                switch message.fieldValue(at: path) {
                case .empty: continue
                case .null:
                    note(field, path, place, isNull: true)
                    return nil
                case .text(let text):
                    let trimmed = AssignedIdentifier.trimmed(text)
                    guard !trimmed.isEmpty, let value = place.value(of: trimmed) else { continue }
                    note(field, path, place, isUnmapped: value.isUnmapped)
                    return Found(text: value.text, path: path, place: place)
                }
            }
        }
        note(field, nil, nil)
        return nil
    }

    /// The place of a field that is read with all its components.
    mutating func composite(_ field: OrderField) -> (path: FieldPath, place: Place)? {
        for place in rules[field] where isApplicable(place) {
            guard let path = place.path.flatMap({ group.path($0) }) else { continue }
            if saysSomething(field, at: path, place) {
                note(field, path, place)
                return (path, place)
            }
            guard message.fieldValue(at: path) == .null else { continue }
            note(field, path, place, isNull: true)
            return nil
        }
        note(field, nil, nil)
        return nil
    }

    /// Whether a field says what it is read for: a number for numbers, any of its parts for names and codes.
    private func saysSomething(_ field: OrderField, at path: FieldPath, _ place: Place) -> Bool {
        switch field {
        case .accessionNumber, .fillerOrderNumber, .placerOrderNumber: number(at: path, place) != nil
        case .patientIdentifier:
            message.values(at: path).contains { given($0).map { place.value(of: $0) != nil } ?? false }
        default: (1...6).contains { component($0, of: path) != nil }
        }
    }

    func isApplicable(_ place: Place) -> Bool { place.condition?.holds(text) ?? true }

    /// The value of an identifier, cut as its place says. A path that names a component means that component alone.
    func number(at path: FieldPath, _ place: Place) -> String? {
        let text = path.component == nil ? component(1, of: path) : given(message.value(at: path))
        return text.flatMap { place.value(of: $0)?.text }
    }

    /// A component's text without padding.
    func text(_ path: FieldPath) -> String? { group.path(path).flatMap { given(message.value(at: $0)) } }

    /// A component of a place that is already counted over the message.
    func component(_ number: Int, _ sub: Int = 1, of path: FieldPath) -> String? {
        given(message.value(at: path.with(component: number, subcomponent: sub)))
    }

    private func given(_ text: String?) -> String? {
        guard let text else { return nil }
        let trimmed = AssignedIdentifier.trimmed(text)
        return trimmed.isEmpty ? nil : trimmed
    }

    // MARK: - Fields

    mutating func patientName() -> PersonName? { composite(.patientName).flatMap { name($0.path) } }

    mutating func birthDate() -> DTM? { single(.birthDate).flatMap { time($0, .birthDate)?.date } }

    private mutating func orderControl() -> OrderControl {
        guard let found = single(.orderControl) else {
            if !rules.required.contains(.orderControl) { problem(.missing, .orderControl, nil) }
            return .NW
        }
        guard let control = OrderControl(rawValue: found.text) else {
            problem(.codeUnknown, .orderControl, found.path)
            return .NW
        }
        return control
    }

    private mutating func studyInstanceUID() -> UID? {
        guard let found = single(.studyInstanceUID) else { return nil }
        guard let uid = UID(found.text) else {
            problem(.invalid, .studyInstanceUID, found.path)
            return nil
        }
        return uid
    }

    private mutating func time(_ found: Found, _ field: OrderField) -> DTM? {
        if let time = try? DTM(parsing: found.text) { return time }
        warning(.invalid, field, found.path)
        return nil
    }

    private mutating func orderTime(_ field: OrderField) -> OrderTime? {
        single(field).flatMap { found in time(found, field).map { OrderTime($0, in: zone(found.place)) } }
    }

    /// The zone of a time that names none: of its place, of its file or case, of its source, of MSH-7.
    private func zone(_ place: Place) -> SourceTimeZone {
        if let given = place.timeZone ?? rules.timeZone ?? mapping.sender.timeZone { return given }
        let text = String(decoding: message.header.fieldBytes(7), as: UTF8.self)
        return (try? DTM(parsing: text))?.offset.map { SourceTimeZone(offset: $0) } ?? .utc
    }

    private func name(_ path: FieldPath) -> PersonName? {
        let name = PersonName(
            family: component(1, of: path), given: component(2, of: path), middle: component(3, of: path),
            suffix: component(4, of: path), prefix: component(5, of: path))
        return name.isEmpty ? nil : name
    }

    private func concept(_ path: FieldPath) -> CodedConcept? {
        let codings = [1, 4].compactMap { first in
            component(first, of: path).map {
                CodedConcept.Coding(
                    code: $0, display: component(first + 1, of: path), system: component(first + 2, of: path))
            }
        }
        let text = codings.isEmpty ? component(2, of: path) ?? component(5, of: path) : nil
        return codings.isEmpty && text == nil ? nil : CodedConcept(codings: codings, text: text)
    }

    /// Several steps (IPC) may belong to one order, several accession numbers or studies may not.
    private mutating func requireOneStudy() {
        for field in [OrderField.accessionNumber, .studyInstanceUID] {
            for place in rules[field] where isApplicable(place) {
                let paths = place.path.map { group.paths($0) } ?? []
                guard paths.count > 1 else { continue }
                let values = paths.map { number(at: $0, place) }
                guard let first = values.lazy.compactMap(\.self).first else { continue }
                if let other = values.firstIndex(where: { $0 != nil && $0 != first }) {
                    problem(.severalOrders, field, paths[other])
                    return
                }
            }
        }
    }
}
