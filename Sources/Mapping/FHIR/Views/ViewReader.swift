import FHIR
import HL7v2
import JSON

/// Reads the fields of one order as FHIR elements.
struct ViewReader {
    let message: Message
    let group: OrderGroup
    let sender: OrderSender
    let zone: SourceTimeZone
    let candidate: OrderCandidate

    var order: ImagingOrder { candidate.order }

    init(_ message: Message, _ group: OrderGroup, _ mapping: OrderMapping, _ candidate: OrderCandidate) {
        self.message = message
        self.group = group
        self.candidate = candidate
        sender = mapping.sender
        let stated = (try? DTM(parsing: String(decoding: message.header.fieldBytes(7), as: UTF8.self)))?.offset
        zone =
            mapping.rules(for: message).timeZone ?? mapping.sender.timeZone ?? stated.map { SourceTimeZone(offset: $0) }
            ?? .utc
    }

    /// The repetitions of a field that say something, such as `PID-3`.
    func fields(_ place: String) -> [ViewField] {
        guard let written = try? FieldPath(parsing: place), let path = group.path(written) else { return [] }
        return fields(at: path)
    }

    /// The repetitions of a field that is already counted over the message.
    func fields(at path: FieldPath) -> [ViewField] {
        let numbers = path.repetition.map { $0...$0 } ?? 1...max(message.repetitionCount(at: path), 1)
        return numbers.map { ViewField(reader: self, path: path.with(repetition: $0)) }.filter(\.saysSomething)
    }

    /// The first repetition that says something.
    func field(_ place: String) -> ViewField? { fields(place).first }

    /// Where the mapping file found a field.
    func field(_ field: OrderField) -> ViewField? {
        candidate.trace.path(of: field).flatMap { path in
            fields(at: path).first ?? nil
        }
    }

    /// Codes of the message for which the tables have none.
    func unmapped() -> [UnmappedCode] {
        var found: [UnmappedCode] = []
        func check(_ field: ViewField?, _ table: String, _ isKnown: (String) -> Bool) {
            guard let field, let code = field.code, !isKnown(code) else { return }
            found.append(UnmappedCode(path: field.path, table: table))
        }
        check(field("PID-8"), "HL70001") { _ in order.sex.map { CodeTables.gender[$0] != nil } ?? true }
        check(field(.priority), "HL70485") { _ in order.priority.map { CodeTables.priority($0) != nil } ?? true }
        for field in fields("PID-5") + fields("PID-9") {
            if let use = field.text(7), CodeTables.nameUse[use] == nil {
                found.append(UnmappedCode(path: field.path.with(component: 7), table: "HL70200"))
            }
        }
        for field in fields("PID-11") {
            if let use = field.text(7), CodeTables.addressUse[use] == nil, CodeTables.addressType[use] == nil {
                found.append(UnmappedCode(path: field.path.with(component: 7), table: "HL70190"))
            }
        }
        check(field("PID-16"), "HL70002") { CodeTables.maritalStatus[$0] != nil }
        check(field("ORC-29"), "HL70482") { CodeTables.orderType[$0] != nil }
        for field in fields("ORC-28") { check(field, "HL70177") { CodeTables.confidentiality[$0] != nil } }
        for place in ["OBR-4", "OBR-31", "OBR-44", "OBR-46", "OBR-47"] {
            for field in fields(place) {
                for component in [3, 6] {
                    if let system = field.text(component), CodeTables.system(system) == nil {
                        found.append(UnmappedCode(path: field.path.with(component: component), table: "HL70396"))
                    }
                }
            }
        }
        return found
    }
}

/// One repetition of a field.
struct ViewField {
    let reader: ViewReader
    let path: FieldPath

    /// Any of its first components or their parts is neither empty nor null.
    var saysSomething: Bool {
        (1...14).contains { component in (1...2).contains { text(component, $0) != nil } }
    }

    /// A component without padding and without what FHIR does not take in a text.
    func text(_ component: Int = 1, _ subcomponent: Int = 1) -> String? {
        guard let text = reader.message.value(at: path.with(component: component, subcomponent: subcomponent)) else {
            return nil
        }
        let legal = text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\t" || $0 == "\n" || $0 == "\r" }
        let trimmed = AssignedIdentifier.trimmed(String(String.UnicodeScalarView(legal)))
        return trimmed.unicodeScalars.allSatisfy { $0.properties.isWhitespace } ? nil : trimmed
    }

    /// The first component as a code.
    var code: String? { text(1).flatMap { CodeTables.isCode($0) ? $0 : nil } }

    /// A time or date of a component.
    func time(_ component: Int = 1) -> DTM? { text(component).flatMap { try? DTM(parsing: $0) } }
}
