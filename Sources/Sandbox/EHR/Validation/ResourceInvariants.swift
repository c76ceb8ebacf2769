internal import FHIR
internal import JSON

/// Rules across elements that R4 states as FHIRPath, for the types that the gateway writes.
enum ResourceInvariants {
    static func issues(of resource: JSONObject, type: String) -> [OperationOutcome.Issue] {
        var broken: [(rule: String, words: String)] = []
        switch type {
        case "Observation":
            if hasValue(resource), resource["dataAbsentReason"] != nil {
                broken.append(("obs-6", "dataAbsentReason only without a value."))
            }
            if hasValue(resource), repeatsCodeInComponent(resource) {
                broken.append(("obs-7", "No value where a component has the same code."))
            }
        case "ServiceRequest":
            if resource["orderDetail"] != nil, resource["code"] == nil {
                broken.append(("prr-1", "orderDetail only with a code."))
            }
        case "AuditEvent":
            if (resource["entity"]?.array ?? []).contains(where: { $0["name"] != nil && $0["query"] != nil }) {
                broken.append(("sev-1", "Either a name or a query."))
            }
        case "Patient":
            let details = ["name", "telecom", "address", "organization"]
            let contacts = resource["contact"]?.array ?? []
            if contacts.contains(where: { contact in details.allSatisfy { contact[$0] == nil } }) {
                broken.append(("pat-1", "A contact needs details or an organization."))
            }
        default: break
        }
        return broken.map { rule, words in
            OperationOutcome.Issue(.error, "invariant", diagnostics: "\(rule): \(words)", expression: [type])
        }
    }

    private static func hasValue(_ observation: JSONObject) -> Bool {
        observation.keys.contains { $0.hasPrefix("value") }
    }

    private static func repeatsCodeInComponent(_ observation: JSONObject) -> Bool {
        let own = Set((observation["code"]?["coding"]?.array ?? []).compactMap(Coding.init(json:)).map(Pair.init))
        return (observation["component"]?.array ?? []).contains { component in
            (component["code"]?["coding"]?.array ?? []).compactMap(Coding.init(json:))
                .contains { own.contains(Pair($0)) }
        }
    }

    private struct Pair: Hashable {
        let system: String?
        let code: String?

        init(_ coding: Coding) {
            system = coding.system
            code = coding.code
        }
    }
}
