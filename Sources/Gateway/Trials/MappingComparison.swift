public import JSON

/// What two foldersful of mappings make of the same messages: for looking before a change is activated.
public struct MappingComparison: Sendable {
    /// One difference in one message.
    public struct Change: Sendable, Equatable {
        /// Which order of the message, from 1; nil for the message as a whole.
        public let order: Int?
        /// A field of the mapping file, or `acknowledgment`, `state`, `orders`, `routing`, `problems`, `patientChange`.
        public let field: String
        /// Values may be patient data; decisions and codes are not.
        public let isValue: Bool
        public let before: String?
        public let after: String?
        /// Where the values came from.
        public let beforePath: String?
        public let afterPath: String?
    }

    /// The messages that change, in the order of the corpus.
    public struct Difference: Sendable {
        public let file: String
        public let message: Int
        public let type: String?
        public let changes: [Change]
    }

    public private(set) var differences: [Difference] = []
    /// How many messages were read.
    public private(set) var messages = 0
    /// In how many messages each field changes.
    public private(set) var counts: [String: Int] = [:]

    /// Nothing was compared yet.
    public init() {}

    /// Whether any message would be read otherwise.
    public var hasChanges: Bool { !differences.isEmpty }

    /// Compares the two readings of a message.
    public mutating func add(_ old: MessageReading, _ new: MessageReading, file: String, message: Int) {
        messages += 1
        let changes = Self.changes(from: old, to: new)
        guard !changes.isEmpty else { return }
        for field in Set(changes.map(\.field)) { counts[field, default: 0] += 1 }
        differences.append(
            Difference(file: file, message: message, type: new.shown(new.type, true), changes: changes))
    }

    static func changes(from old: MessageReading, to new: MessageReading) -> [Change] {
        var changes: [Change] = []
        func decided(_ field: String, _ before: String?, _ after: String?, order: Int? = nil) {
            guard before != after else { return }
            changes.append(
                Change(
                    order: order, field: field, isValue: false, before: before, after: after, beforePath: nil,
                    afterPath: nil))
        }
        decided("acknowledgment", words(old.acknowledgment), words(new.acknowledgment))
        decided("state", old.state, new.state)
        decided("orders", "\(old.orders.count)", "\(new.orders.count)")
        let oldChange = old.patientChange?.json(redacted: false), newChange = new.patientChange?.json(redacted: false)
        if oldChange != newChange {
            changes.append(
                Change(
                    order: nil, field: "patientChange", isValue: true, before: oldChange.map(text),
                    after: newChange.map(text), beforePath: nil, afterPath: nil))
        }
        for (index, (before, after)) in zip(old.orders, new.orders).enumerated() {
            decided("routing", before.model ?? before.rule, after.model ?? after.rule, order: index + 1)
            decided("problems", problems(before), problems(after), order: index + 1)
            changes += fields(before, after, order: index + 1)
        }
        return changes
    }

    private static func fields(_ before: OrderReading, _ after: OrderReading, order: Int) -> [Change] {
        var names = before.fields.map(\.name)
        for field in after.fields where !names.contains(field.name) { names.append(field.name) }
        return names.compactMap { name in
            let one = before.fields.first { $0.name == name }
            let other = after.fields.first { $0.name == name }
            guard one?.value != other?.value || one?.note != other?.note else { return nil }
            return Change(
                order: order, field: name, isValue: true, before: one?.value ?? one?.note,
                after: other?.value ?? other?.note, beforePath: one?.path, afterPath: other?.path)
        }
    }

    private static func words(_ answer: AcknowledgmentReading) -> String {
        let rows = answer.rows.map { [$0.location, $0.code].compactMap(\.self).joined(separator: " ") }
        return ([answer.code ?? "none"] + rows).joined(separator: ", ")
    }

    private static func problems(_ order: OrderReading) -> String {
        order.problems.map { "\($0.code) \($0.path)" }.joined(separator: ", ")
    }

    private static func text(_ json: JSONValue) -> String { String(decoding: json.serialized(), as: UTF8.self) }

    /// - Parameter showsValues: Whether values, which may be patient data, stand beside the fields that change.
    public func json(showsValues: Bool) -> JSONValue {
        [
            "messages": .number(JSONNumber(messages)), "changed": .number(JSONNumber(differences.count)),
            "fields": .object(
                counts.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { object, row in
                    object[row.key] = .number(JSONNumber(row.value))
                }),
            "differences": .array(differences.map { $0.json(showsValues: showsValues) }),
        ]
    }
}

extension MappingComparison.Difference {
    fileprivate func json(showsValues: Bool) -> JSONValue {
        [
            "file": .string(file), "message": .number(JSONNumber(message)), "type": type.json,
            "changes": .array(
                changes.map { change in
                    let isShown = showsValues || !change.isValue
                    return [
                        "order": change.order.map { .number(JSONNumber($0)) } ?? .null, "field": .string(change.field),
                        "before": isShown ? change.before.json : .null, "after": isShown ? change.after.json : .null,
                        "beforePath": change.beforePath.json, "afterPath": change.afterPath.json,
                    ]
                }),
        ]
    }
}
