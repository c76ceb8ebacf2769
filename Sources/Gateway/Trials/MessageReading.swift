import DICOM
import HL7v2
public import JSON
import Mapping
import Workflow

/// What the gateway read in one message and would answer. Identified data: for the terminal of whoever asked.
public struct MessageReading: Sendable {
    /// MSH-9, MSH-10 and MSH-12; nil without a readable MSH.
    public let type: String?
    public let controlID: String?
    public let version: String?
    public internal(set) var orders: [OrderReading] = []
    public let acknowledgment: AcknowledgmentReading
    /// The state in which a new order of this message would begin; nil when nothing is stored as an order.
    public let state: String?

    init(header: MessageHeader?, reply: IntakeReply, outcome: String, state: OrderState?) {
        type = header?.messageType.description
        controlID = header.map { String(decoding: $0.messageControlID, as: UTF8.self) }
        version = header?.version
        acknowledgment = AcknowledgmentReading(reply, outcome: outcome)
        self.state = state?.rawValue
    }

    /// MSH-9 and MSH-12 are whatever the sender wrote: redacted, they are shown only if they are what they should be.
    public func shown(_ text: String?, _ redacted: Bool) -> String? {
        guard redacted, let text else { return text }
        let isKnown =
            text.wholeMatch(of: #/[A-Z]{3}(\^[A-Z][0-9]{2}(\^[A-Z]{3}_[A-Z][0-9]{2})?)?|2(\.[0-9]){1,2}/#) != nil
        return isKnown ? text : "hidden"
    }

    /// - Parameter redacted: Leaves the values out: paths, names and decisions stay.
    public func json(redacted: Bool) -> JSONValue {
        [
            "type": shown(type, redacted).json, "controlID": redacted ? .null : controlID.json,
            "version": shown(version, redacted).json,
            "orders": .array(orders.map { $0.json(redacted: redacted) }), "state": state.json,
            "acknowledgment": acknowledgment.json,
        ]
    }
}

/// One order of a message: its fields with their places, and what routing made of it.
public struct OrderReading: Sendable {
    /// One field and where it came from.
    public struct Field: Sendable {
        public let name: String
        /// Nil where no place said anything.
        public let path: String?
        public let value: String?
        /// What is particular: `null`, `code not in its map`.
        public let note: String?
    }

    /// One alternative of a routing rule and what the order does not fulfil.
    public struct Rule: Sendable {
        public let name: String
        public let unfulfilled: [String]
    }

    public let fields: [Field]
    /// The keys, strongest first: kind, assigner, value.
    public let keys: [(kind: String, assigner: String, value: String)]
    /// Patient identifiers: assigner (nil where unknown), value, type.
    public let patient: [(assigner: String?, value: String, type: String?)]
    /// What is wrong with it if a rule claims it: the words that the sender would get, and the place.
    public let problems: [(code: String, field: String, path: String, words: String)]
    public let warnings: [(code: String, field: String, path: String, words: String)]
    /// The model; nil when no rule claims the order.
    public let model: String?
    /// The rule that claims it, or the reason why none does.
    public let rule: String
    public let rules: [Rule]

    init(_ candidate: OrderCandidate, of message: Message, routing: Routing) {
        let order = candidate.order
        fields = candidate.trace.entries.map { entry in
            let note =
                entry.isNull ? "null: to be deleted" : entry.isUnmapped ? "not in its code map, kept as it is" : nil
            guard let path = entry.path, !entry.isNull else {
                return Field(name: entry.field.rawValue, path: entry.path?.description, value: nil, note: note)
            }
            // What the mapping could not use is shown as it stands there.
            let value = Self.value(entry.field, of: order) ?? message.value(at: path.with(component: 1))
            return Field(name: entry.field.rawValue, path: path.description, value: value, note: note)
        }
        keys = order.identity.keys.map { ($0.kind.rawValue, $0.identifier.assigner?.name ?? "", $0.identifier.value) }
        patient = order.patient.map { ($0.assigner?.name, $0.value, $0.typeCode) }
        problems = candidate.problems.map(Self.words)
        warnings = candidate.warnings.map(Self.words)
        switch routing.route(order) {
        case .model(let id, let rule):
            model = id
            self.rule = rule
        case .notApplicable(let reason):
            model = nil
            rule = reason
        }
        rules = routing.explain(order).map { Rule(name: $0.rule, unfulfilled: $0.unfulfilled.map(\.rawValue)) }
    }

    private static func words(_ problem: OrderProblem) -> (code: String, field: String, path: String, words: String) {
        let error = problem.acknowledgmentError
        return (
            "mapping.\(problem.kind.rawValue)", problem.field.rawValue, problem.path.description,
            "\(error.condition.rawValue) \(error.condition.text)" + (error.userText.map { ": \($0)" } ?? "")
        )
    }

    /// The value as it was understood; nil where it was not.
    private static func value(_ field: OrderField, of order: ImagingOrder) -> String? {
        switch field {
        case .accessionNumber: return order.identity.accession.map(text)
        case .fillerOrderNumber: return order.identity.filler.map(text)
        case .placerOrderNumber: return order.identity.placer.map(text)
        case .patientIdentifier: return order.patient.isEmpty ? nil : order.patient.map(text).joined(separator: ", ")
        case .patientName:
            return order.patientName.map { name in
                [name.prefix, name.given, name.middle, name.family, name.suffix].compactMap(\.self).joined(
                    separator: " ")
            }
        case .birthDate: return order.birthDate.map { "\($0)" }
        case .sex: return order.sex
        case .orderControl: return order.orderControl.rawValue
        case .orderStatus: return order.orderStatus
        case .procedureCode:
            return order.procedureCode.map { concept in
                let codes = concept.codings.map { coding in
                    [coding.code, coding.system.map { "^\($0)" }, coding.display.map { " \($0)" }].compactMap(\.self)
                        .joined()
                }
                return (codes + [concept.text].compactMap(\.self)).joined(separator: "; ")
            }
        case .modality: return order.modality
        case .bodyPart: return order.bodyPart
        case .studyInstanceUID: return order.studyInstanceUID?.value
        case .scheduledTime: return order.scheduledTime?.stated.description
        case .transactionTime: return order.transactionTime?.stated.description
        case .requestedProcedureID: return order.requestedProcedureID
        case .priority: return order.priority
        }
    }

    private static func text(_ identifier: AssignedIdentifier) -> String {
        "\(identifier.value) of \(identifier.assigner?.name ?? "an unknown assigner")"
    }

    func json(redacted: Bool) -> JSONValue {
        func hidden(_ text: String?) -> JSONValue { redacted ? .null : text.json }
        func problems(_ list: [(code: String, field: String, path: String, words: String)]) -> JSONValue {
            .array(
                list.map {
                    [
                        "code": .string($0.code), "field": .string($0.field), "path": .string($0.path),
                        "text": .string($0.words),
                    ]
                })
        }
        return [
            "fields": .array(
                fields.map {
                    ["field": .string($0.name), "path": $0.path.json, "value": hidden($0.value), "note": $0.note.json]
                }),
            "identity": .array(
                keys.map { ["kind": .string($0.kind), "assigner": hidden($0.assigner), "value": hidden($0.value)] }),
            "patient": .array(
                patient.map { ["assigner": hidden($0.assigner), "value": hidden($0.value), "type": hidden($0.type)] }),
            "problems": problems(self.problems), "warnings": problems(warnings),
            "routing": [
                "model": model.json, "rule": model == nil ? .null : .string(rule),
                "reason": model == nil ? .string(rule) : .null,
                "rules": .array(
                    rules.map { rule in
                        ["rule": .string(rule.name), "unfulfilled": .array(rule.unfulfilled.map { .string($0) })]
                    }),
            ],
        ]
    }
}

extension String? {
    var json: JSONValue { map { .string($0) } ?? .null }
}
