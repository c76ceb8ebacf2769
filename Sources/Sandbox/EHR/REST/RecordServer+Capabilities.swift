internal import FHIR
internal import JSON

// The CapabilityStatement (R4 §5.2), from the same tables that the server works with.
extension RecordServer {
    var capabilityStatement: JSONObject {
        let interactions = ["transaction", "batch"].map { JSONObject(elements: ["code": $0]) }
        let rest = JSONObject(elements: [
            "mode": "server",
            "documentation": "In memory; strict about what R4 says and about references.",
            "resource": ElementTable.resourceTypes.map { resource($0) },
            "interaction": interactions,
        ])
        return JSONObject(
            [
                ("resourceType", "CapabilityStatement"), ("id", "sandbox"), ("status", "active"),
                ("experimental", true),
                ("date", "2026-11-21"), ("kind", "instance"), ("name", "SandboxRecord"),
                ("title", "Pretend EHR of imaging-gateway: invented patients, not for clinical use"),
                ("software", JSONObject(elements: ["name": "imaging-gateway sandbox"]).json),
                (
                    "implementation",
                    JSONObject(elements: ["description": "Pretend EHR in memory; invented patients", "url": base]).json
                ),
                ("fhirVersion", "4.0.1"), ("format", ["application/fhir+json", "json"]), ("rest", [rest.json]),
            ].map { (key: $0.0, value: $0.1 as JSONValue) })
    }

    private func resource(_ type: String) -> JSONObject {
        let interactions = ["read", "vread", "update", "delete", "history-instance", "create", "search-type"]
        let references = (SearchParameterTable.parameters[type] ?? []).filter { $0.kind == .reference }
        let reverse = ElementTable.resourceTypes.flatMap { source in
            (SearchParameterTable.parameters[source] ?? []).filter { parameter in
                parameter.kind == .reference && Self.targets(of: parameter, of: source).contains(type)
            }.map { "\(source):\($0.name)" }
        }
        return JSONObject(elements: [
            "type": type,
            "interaction": interactions.map { JSONObject(elements: ["code": $0]) },
            "versioning": "versioned-update",
            "readHistory": true, "updateCreate": true, "conditionalCreate": true, "conditionalRead": "not-match",
            "conditionalUpdate": true, "conditionalDelete": "single",
            "referencePolicy": ["literal", "logical", "enforced", "local"],
            "searchInclude": references.map { "\(type):\($0.name)" },
            "searchRevInclude": reverse,
            "searchParam": (SearchParameterTable.parameters[type] ?? []).map { parameter in
                JSONObject(elements: ["name": parameter.name, "type": parameter.kind.rawValue])
            },
        ])
    }

    /// Types that the parameter's elements may refer to.
    private static func targets(of parameter: SearchParameter, of type: String) -> Set<String> {
        if let target = parameter.target { return [target] }
        guard let definition = ElementTable.resources[type] else { return [] }
        let allowed = parameter.paths.flatMap { path -> [String] in
            let holder = path.dropLast().joined(separator: ".")
            guard let name = path.last, let member = definition.members[holder]?[name] else { return [] }
            return member.element.targets.isEmpty ? ElementTable.resourceTypes : member.element.targets
        }
        return Set(allowed)
    }
}
