import DICOM
import FHIR
import HL7v2
public import JSON
public import Mapping

/// One order of a message: its fields with their places, and what routing made of it.
public struct OrderReading: Sendable {
    /// One field and where it came from.
    public struct Field: Sendable {
        public let name: String
        /// Nil where no place said anything.
        public let path: String?
        public let value: String?
        /// The entry of the mapping file that gave it, such as `sites/x.yaml: order.modality[1]`.
        public let origin: String?
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
    /// The order as FHIR shows it.
    public let view: OrderView?

    init(_ candidate: OrderCandidate, of message: Message, routing: Routing, view: OrderView?) {
        let order = candidate.order
        fields = candidate.trace.entries.map { entry in
            let note =
                entry.isNull ? "null: to be deleted" : entry.isUnmapped ? "not in its code map, kept as it is" : nil
            guard entry.path != nil || entry.isConstant, !entry.isNull else {
                return Field(
                    name: entry.field.rawValue, path: entry.path?.description, value: nil, origin: entry.origin,
                    note: note)
            }
            // What the mapping could not use is shown as it stands there.
            let value = Self.value(entry.field, of: order) ?? entry.path.flatMap { message.value(at: $0) }
            return Field(
                name: entry.field.rawValue, path: entry.path?.description ?? "constant", value: value,
                origin: entry.origin, note: note)
        }
        self.view = view
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

    func json(redacted: Bool, withViews: Bool) -> JSONValue {
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
        var object: JSONObject = [
            "fields": .array(
                fields.map {
                    [
                        "field": .string($0.name), "path": $0.path.json, "value": hidden($0.value),
                        "origin": $0.origin.json, "note": $0.note.json,
                    ]
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
        if withViews, !redacted, let view { object["fhir"] = view.json }
        return .object(object)
    }
}

extension OrderView {
    /// The resources, and the places of codes that have none in FHIR.
    public var json: JSONValue {
        [
            "serviceRequest": serviceRequest.json, "patient": patient?.json ?? .null,
            "unmapped": .array(
                unmapped.map { ["path": .string($0.path.description), "table": .string($0.table)] }),
        ]
    }
}
