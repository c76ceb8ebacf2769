import DICOM
import HL7v2

/// Reads one order group field by field, noting what is wrong and where each value came from.
struct OrderReader {
    let message: Message
    let group: OrderGroup
    let mapping: OrderMapping
    private(set) var problems: [OrderProblem] = []
    private(set) var warnings: [OrderProblem] = []
    private(set) var trace = MappingTrace()
    private(set) var cleared: [String] = []

    init(_ message: Message, _ group: OrderGroup, _ mapping: OrderMapping) {
        self.message = message
        self.group = group
        self.mapping = mapping
    }

    mutating func read(isOneOfSeveral: Bool) -> OrderCandidate {
        var order = ImagingOrder(identity: identity(), source: mapping.sender.name)
        order.patient = patientIdentifiers()
        order.patientName = composite(.patientName).flatMap(name)
        order.birthDate = single(.birthDate).flatMap { time($0, .birthDate)?.date }
        order.sex = single(.sex)?.text
        order.orderControl = orderControl()
        order.orderStatus = single(.orderStatus)?.text
        order.procedureCode = composite(.procedureCode).flatMap(concept)
        order.modality = single(.modality)?.text
        order.bodyPart = single(.bodyPart)?.text
        order.studyInstanceUID = studyInstanceUID()
        order.scheduledTime = orderTime(.scheduledTime)
        order.transactionTime = orderTime(.transactionTime)
        order.requestedProcedureID = single(.requestedProcedureID)?.text
        order.priority = single(.priority)?.text
        order.cleared = cleared
        order.messageControlID = String(decoding: message.messageControlID, as: UTF8.self)
        requireOneOrder(isOneOfSeveral)
        if order.orderControl.isCancellation {
            problems.removeAll { $0.kind == .missing && $0.field != .placerOrderNumber }
        }
        return OrderCandidate(order: order, problems: problems, warnings: warnings, trace: trace)
    }

    // MARK: - Notes

    /// What is said at the first place that says something.
    struct Found {
        let text: String
        let path: FieldPath
    }

    mutating func note(_ field: OrderField, _ path: FieldPath?, isUnmapped: Bool = false, isNull: Bool = false) {
        trace.entries.append(.init(field: field, path: path, isUnmapped: isUnmapped, isNull: isNull))
        if isNull { cleared.append(field.rawValue) }
        if path == nil || isNull, mapping.required.contains(field) { problem(.missing, field, path) }
    }

    mutating func problem(_ kind: OrderProblem.Kind, _ field: OrderField, _ path: FieldPath?) {
        guard let path = path ?? firstPath(field) else { return }
        problems.append(OrderProblem(kind: kind, field: field, path: path))
    }

    mutating func warning(_ kind: OrderProblem.Kind, _ field: OrderField, _ path: FieldPath) {
        if mapping.required.contains(field) {
            problem(kind, field, path)
        } else {
            warnings.append(OrderProblem(kind: kind, field: field, path: path))
        }
    }

    /// The place where the sender would be expected to say it.
    private func firstPath(_ field: OrderField) -> FieldPath? {
        let sources = mapping.sources[field] ?? []
        return sources.lazy.compactMap { group.path($0.path) }.first ?? sources.first?.path
    }

    // MARK: - Values

    /// The value of a field that is one component.
    mutating func single(_ field: OrderField) -> Found? {
        for source in mapping.sources[field] ?? [] where isApplicable(source) {
            guard let path = group.path(source.path) else { continue }
            switch message.fieldValue(at: path) {
            case .empty: continue
            case .null:
                note(field, path, isNull: true)
                return nil
            case .text(let text):
                let value = AssignedIdentifier.trimmed(text)
                guard !value.isEmpty else { continue }
                let mapped = source.codes.map { $0[value] } ?? value
                guard mapped != nil || !source.dropsUnmapped else { continue }
                note(field, path, isUnmapped: mapped == nil)
                return Found(text: mapped ?? value, path: path)
            }
        }
        note(field, nil)
        return nil
    }

    /// The place of a field that is read with all its components.
    mutating func composite(_ field: OrderField) -> FieldPath? {
        for source in mapping.sources[field] ?? [] where isApplicable(source) {
            guard let path = group.path(source.path) else { continue }
            if saysSomething(field, at: path) {
                note(field, path)
                return path
            }
            guard message.fieldValue(at: path) == .null else { continue }
            note(field, path, isNull: true)
            return nil
        }
        note(field, nil)
        return nil
    }

    /// Whether a field says what it is read for: a number for numbers, any of its parts for names and codes.
    private func saysSomething(_ field: OrderField, at path: FieldPath) -> Bool {
        switch field {
        case .accessionNumber, .fillerOrderNumber, .placerOrderNumber: component(1, of: path) != nil
        case .patientIdentifier:
            message.values(at: path.with(component: 1)).contains { !AssignedIdentifier.trimmed($0).isEmpty }
        default: (1...6).contains { component($0, of: path) != nil }
        }
    }

    func isApplicable(_ source: ValueSource) -> Bool {
        switch source.condition {
        case nil: true
        case .equals(let path, let values): values.contains(text(path) ?? "")
        case .present(let path, let expected): (text(path) != nil) == expected
        }
    }

    /// A component's text without padding.
    func text(_ path: FieldPath) -> String? {
        let text = group.path(path).flatMap { message.value(at: $0) }.map(AssignedIdentifier.trimmed) ?? ""
        return text.isEmpty ? nil : text
    }

    /// A component of a place that is already counted over the message.
    func component(_ number: Int, _ sub: Int = 1, of path: FieldPath) -> String? {
        let text = message.value(at: path.with(component: number, subcomponent: sub)) ?? ""
        let trimmed = AssignedIdentifier.trimmed(text)
        return trimmed.isEmpty ? nil : trimmed
    }

    // MARK: - Fields

    private mutating func orderControl() -> OrderControl {
        guard let found = single(.orderControl) else {
            if !mapping.required.contains(.orderControl) { problem(.missing, .orderControl, nil) }
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
        single(field).flatMap { time($0, field) }.map { OrderTime($0, in: zone) }
    }

    private var zone: SourceTimeZone {
        if let configured = mapping.sender.timeZone { return configured }
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

    /// Several orders in one message, or several studies in one order, are for a later version.
    private mutating func requireOneOrder(_ isOneOfSeveral: Bool) {
        if isOneOfSeveral {
            problem(.severalOrders, .orderControl, nil)
            return
        }
        for field in [OrderField.accessionNumber, .studyInstanceUID] {
            for source in mapping.sources[field] ?? [] {
                let paths = group.paths(source.path)
                let values = paths.map { message.value(at: $0).map(AssignedIdentifier.trimmed) ?? "" }
                guard let first = values.first(where: { !$0.isEmpty }) else { continue }
                if let other = values.firstIndex(where: { !$0.isEmpty && $0 != first }) {
                    problem(.severalOrders, field, paths[other])
                    return
                }
            }
        }
    }
}
