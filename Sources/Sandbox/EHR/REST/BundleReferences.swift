internal import FHIR
internal import JSON

/// Turns references to entries of a bundle into references to the resources that they became (R4 §3.1.0.11.2): in
/// References, in elements of type uri, url, oid and uuid, and in the links of narratives. Strings, such as the values
/// of identifiers, stay as they are.
struct BundleReferences {
    private let targets: [String: String]
    private let matching: SearchMatching

    init(_ planned: [PlannedWrite], server: RecordServer) {
        var targets: [String: String] = [:]
        for one in planned {
            if let url = one.write.fullURL, let key = one.key { targets[url] = key.reference }
        }
        self.targets = targets
        matching = SearchMatching(store: server.store, base: server.base)
    }

    /// - Throws: 400 for a `urn:uuid` that no entry has, 412 for a conditional reference without exactly one match.
    func rewritten(_ resource: JSONObject, in write: RecordWrite) throws(RecordFault) -> JSONObject {
        guard let definition = ElementTable.resources[write.type] else { return resource }
        return try rewrite(resource, definition, path: "", folder: Self.folder(of: write.fullURL))
    }

    /// What stands before `Type/id` in a full URL: relative references of the entry are relative to it.
    private static func folder(of fullURL: String?) -> String? { fullURL.flatMap(ReferenceTarget.init)?.base }

    private func rewrite(
        _ object: JSONObject, _ definition: TypeDefinition, path: String, folder: String?
    ) throws(RecordFault) -> JSONObject {
        var result = object
        let members = definition.members[path] ?? [:]
        for (key, value) in object {
            if key == "extension" || key == "modifierExtension" {
                result[key] = try each(value) { value throws(RecordFault) in try rewriteExtension(value, folder) }
            } else if let (element, type) = members[key] {
                let childPath = path.isEmpty ? element.name : "\(path).\(element.name)"
                result[key] = try each(value) { value throws(RecordFault) in
                    try rewrite(value, type, definition, childPath, folder)
                }
            }
        }
        return result
    }

    private func rewrite(
        _ value: JSONValue, _ type: String, _ definition: TypeDefinition, _ path: String, _ folder: String?
    ) throws(RecordFault) -> JSONValue {
        switch value {
        case .string(let text):
            switch type {
            case "uri", "url", "oid", "uuid": return .string(targets[text] ?? text)
            case "xhtml": return .string(rewriteNarrative(text))
            default: return value
            }
        case .object(let object):
            if type == "Reference" { return .object(try rewriteReference(object, folder)) }
            if type == "-" { return .object(try rewrite(object, definition, path: path, folder: folder)) }
            if type.hasPrefix("#") {
                let other = type.split(separator: ".").dropFirst().joined(separator: ".")
                return .object(try rewrite(object, definition, path: other, folder: folder))
            }
            let inner =
                type == "Resource"
                ? object["resourceType"]?.string.flatMap { ElementTable.resources[$0] } : ElementTable.dataTypes[type]
            return try inner.map { inner throws(RecordFault) in
                .object(try rewrite(object, inner, path: "", folder: folder))
            } ?? value
        case .null, .bool, .number, .array: return value
        }
    }

    private func rewriteExtension(_ value: JSONValue, _ folder: String?) throws(RecordFault) -> JSONValue {
        guard var object = value.object else { return value }
        for (key, inner) in object {
            switch key {
            case "extension":
                object[key] = try each(inner) { inner throws(RecordFault) in try rewriteExtension(inner, folder) }
            case "valueReference":
                object[key] =
                    try inner.object.map { object throws(RecordFault) in
                        .object(try rewriteReference(object, folder))
                    } ?? inner
            case "valueUri", "valueUrl", "valueOid", "valueUuid":
                object[key] = inner.string.flatMap { targets[$0] }.map { .string($0) } ?? inner
            default: continue
            }
        }
        return .object(object)
    }

    private func rewriteReference(_ object: JSONObject, _ folder: String?) throws(RecordFault) -> JSONObject {
        guard let text = object["reference"]?.string else { return object }
        var result = object
        if let target = targets[text] ?? folder.flatMap({ targets["\($0)/\(text)"] }) {
            result["reference"] = .string(target)
        } else if text.hasPrefix("urn:uuid:") {
            throw RecordFault(400, "not-found", "No entry of the bundle has the fullUrl that a reference names.")
        } else if let question = text.firstIndex(of: "?"), ElementTable.resources[String(text[..<question])] != nil {
            let query = try SearchQuery.condition(
                String(text[text.index(after: question)...]), type: String(text[..<question]))
            guard let key = try RecordServer.onlyOne(matching.matches(query)) else {
                throw RecordFault(412, "not-found", "Nothing meets the condition of a conditional reference.")
            }
            result["reference"] = .string(key.reference)
        }
        return result
    }

    private func rewriteNarrative(_ text: String) -> String {
        guard text.contains("urn:uuid:") else { return text }
        return targets.reduce(text) { text, target in
            text.replacing("\"\(target.key)\"", with: "\"\(target.value)\"")
        }
    }

    private func each(
        _ value: JSONValue, _ change: (JSONValue) throws(RecordFault) -> JSONValue
    ) throws(RecordFault) -> JSONValue {
        guard let values = value.array else { return try change(value) }
        var result: [JSONValue] = []
        for value in values { result.append(try change(value)) }
        return .array(result)
    }
}
