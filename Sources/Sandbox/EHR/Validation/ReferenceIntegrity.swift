internal import FHIR
internal import JSON

/// What the server asks of literal references (R4 §2.3.0.1): the right type, and something at the other end.
struct ReferenceIntegrity {
    let store: ResourceStore
    /// The server's own base, without a slash at the end.
    let base: String

    /// The key that a reference means on this server; nil for contained resources, `urn:` and other servers.
    static func key(_ reference: String, base: String) -> ResourceKey? {
        guard let target = ReferenceTarget(reference), target.base == nil || target.base == base else { return nil }
        return ResourceKey(type: target.type, id: target.id)
    }

    /// - Throws: 400 for a type that may not stand there, 422 for a reference to nothing.
    func check(_ found: [ResourceValidator.FoundReference], in resource: JSONObject) throws(RecordFault) {
        var wrongTypes: [OperationOutcome.Issue] = []
        var dangling: [OperationOutcome.Issue] = []
        for one in found {
            func issue(_ code: String, _ words: String) -> OperationOutcome.Issue {
                OperationOutcome.Issue(.error, code, diagnostics: words, expression: [one.expression])
            }
            let type = type(of: one.reference, in: resource)
            if let type, !one.targets.isEmpty, !one.targets.contains(type) {
                let allowed = one.targets.joined(separator: ", ")
                wrongTypes.append(issue("value", "A \(type) cannot stand here; allowed: \(allowed)."))
            } else if !exists(one.reference, in: resource) {
                dangling.append(issue("not-found", "The resource referred to does not exist on this server."))
            }
        }
        guard wrongTypes.isEmpty else { throw RecordFault(400, wrongTypes) }
        guard dangling.isEmpty else { throw RecordFault(422, dangling) }
    }

    /// The first resource that points at one of these keys.
    func user(of deleted: Set<ResourceKey>) -> ResourceKey? {
        for type in ElementTable.resourceTypes {
            for (key, resource) in store.all(type) where Self.mentions(.object(resource), deleted, base) { return key }
        }
        return nil
    }

    private func type(of reference: String, in resource: JSONObject) -> String? {
        guard reference.hasPrefix("#") else { return ReferenceTarget(reference)?.type }
        return contained(reference, in: resource)?["resourceType"]?.string
    }

    private func exists(_ reference: String, in resource: JSONObject) -> Bool {
        if reference.hasPrefix("#") { return reference == "#" || contained(reference, in: resource) != nil }
        if let key = Self.key(reference, base: base) { return store.resource(key) != nil }
        // What lies on other servers cannot be judged; anything else names nothing.
        return reference.hasPrefix("http://") || reference.hasPrefix("https://") || reference.hasPrefix("urn:oid:")
    }

    private func contained(_ reference: String, in resource: JSONObject) -> JSONValue? {
        (resource["contained"]?.array ?? []).first { $0["id"]?.string == String(reference.dropFirst()) }
    }

    private static func mentions(_ value: JSONValue, _ keys: Set<ResourceKey>, _ base: String) -> Bool {
        switch value {
        case .array(let elements): return elements.contains { mentions($0, keys, base) }
        case .object(let object):
            return object.contains { name, value in
                if name == "reference", let text = value.string, let key = key(text, base: base) {
                    return keys.contains(key)
                }
                return mentions(value, keys, base)
            }
        case .null, .bool, .number, .string: return false
        }
    }
}
