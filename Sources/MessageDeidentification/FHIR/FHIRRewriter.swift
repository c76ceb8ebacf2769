internal import JSON
internal import Sealing

/// Rewrites one resource element by element, and remembers what it took away so that it can be looked for.
struct FHIRRewriter {
    let rules: FHIRRules
    let pseudonyms: any PseudonymSource
    let dates: DateMove
    let keepsCharacteristics: Bool
    private(set) var counts: [String: Int] = [:]
    private(set) var found: [Found] = []

    init(rules: FHIRRules, pseudonyms: any PseudonymSource, dates: DateMove, keepsCharacteristics: Bool) {
        self.rules = rules
        self.pseudonyms = pseudonyms
        self.dates = dates
        self.keepsCharacteristics = keepsCharacteristics
    }

    /// The resource without what the rules do not name. Throws `resourceUnreadable`, `resourceTypeUnsupported` and
    /// `modifierUnsupported`. The parser of JSON has bounded the depth.
    mutating func rewrite(resource: JSONValue) throws(MessageDeidentificationError) -> JSONValue {
        guard let object = resource.object, let type = object["resourceType"]?.string else {
            throw MessageDeidentificationError(.resourceUnreadable)
        }
        guard rules.elements.isKnown(type: type) else {
            throw MessageDeidentificationError(.resourceTypeUnsupported)
        }
        noteIdentity(object)
        return .object(try walk(object, path: type, resourceType: type))
    }

    private mutating func walk(
        _ object: JSONObject, path: String, resourceType: String
    ) throws(MessageDeidentificationError) -> JSONObject {
        // A code without its system says nothing, and its system may be the hospital's.
        if path == "Coding" { return coding(object) }
        var result = JSONObject()
        for (name, value) in object {
            if name == "resourceType" {
                result[name] = value
                continue
            }
            guard name != "modifierExtension", name != "implicitRules" else {
                throw MessageDeidentificationError(.modifierUnsupported, at: "\(path).\(name)")
            }
            guard let member = rules.elements.member(name, of: path) else {
                count(.remove)
                continue
            }
            // The id of a resource is typed as a plain string by the standard's table.
            let isResourceID = path == resourceType && name == "id"
            let action = isResourceID ? .id : rules.action(path: member.path, type: member.type)
            let written = try rewrite(
                value, action, path: member.path, type: member.type, resourceType: resourceType)
            count(written == nil ? .remove : action)
            if let written {
                result[name] = written
            } else if member.isRequired {
                let stand = Self.absence(type: member.type)
                result[stand.isPrimitive ? "_\(name)" : name] =
                    value.array == nil ? stand.value : .array([stand.value])
            }
        }
        return result
    }

    private mutating func count(_ action: FHIRRules.Action) { counts[action.rawValue, default: 0] += 1 }

    private mutating func rewrite(
        _ value: JSONValue, _ action: FHIRRules.Action, path: String, type: String, resourceType: String
    ) throws(MessageDeidentificationError) -> JSONValue? {
        if let array = value.array {
            var written: [JSONValue] = []
            for element in array {
                let one = try rewrite(element, action, path: path, type: type, resourceType: resourceType)
                if let one { written.append(one) }
            }
            return written.isEmpty ? nil : .array(written)
        }
        switch action {
        case .remove: return nil
        case .birthDate:
            found.append(.date(value.string.map(Self.digits) ?? ""))
            return nil
        case .keep: return value.object == nil ? value : nil
        case .characteristic: return keepsCharacteristics ? characteristic(value, type: type) : nil
        case .code: return value.string.flatMap(FieldForm.resourceCode).map { .string($0) }
        case .date: return value.string.flatMap(dates.moved).map { .string($0) }
        case .id: return value.string.map { .string(pseudonym(type: resourceType, id: $0)) }
        case .uri: return value.string.flatMap(uri).map { .string($0) }
        case .uid: return value.string.flatMap(uid).map { .string($0) }
        case .identifier: return value.object.map { .object(identifier($0)) }
        case .reference: return value.object.flatMap(reference)
        case .fullUrl: return value.string.flatMap(fullUrl).map { .string($0) }
        case .bundleType: return bundleType(value.string)
        case .walk:
            guard let object = value.object else { return nil }
            if type == "Resource" { return try rewrite(resource: value) }
            let next = type == "BackboneElement" || type == "Element" ? path : type
            let walked = try walk(object, path: next, resourceType: resourceType)
            return walked.isEmpty ? nil : .object(walked)
        }
    }

    // MARK: - Values

    private func characteristic(_ value: JSONValue, type: String) -> JSONValue? {
        switch type {
        case "boolean", "integer": value.object == nil ? value : nil
        case "code": value.string.flatMap(FieldForm.code).map { .string($0) }
        default: nil
        }
    }

    private func coding(_ object: JSONObject) -> JSONObject {
        guard let system = object["system"]?.string, rules.isPublished(system),
            let text = object["code"]?.string,
            let code = FieldForm.systemCode(text) ?? FieldForm.resourceCode(text) ?? uri(text)
        else { return JSONObject() }
        return ["system": .string(system), "code": .string(code)]
    }

    private func pseudonym(type: String, id: String) -> String {
        pseudonyms.patientID(issuer: "fhir|\(type)", patientID: id)
    }

    private func uid(_ text: String) -> String? {
        guard FieldForm.isUID(text) else { return nil }
        return FieldForm.isRegistered(text) ? text : pseudonyms.uid(for: text)
    }

    private func uri(_ text: String) -> String? {
        if rules.isPublished(text) { return text }
        return text.hasPrefix("urn:oid:") ? uid(String(text.dropFirst(8))).map { "urn:oid:\($0)" } : nil
    }

    private func identifier(_ object: JSONObject) -> JSONObject {
        var result = JSONObject()
        if let use = object["use"]?.string.flatMap(FieldForm.code) { result["use"] = .string(use) }
        let system = object["system"]?.string
        if let system, rules.isPublished(system) { result["system"] = .string(system) }
        guard let value = object["value"]?.string else { return result }
        // A DICOM UID as an identifier (ImagingStudy.identifier): the UID that the de-identified images have.
        result["value"] = .string(
            uri(value) ?? pseudonyms.patientID(issuer: system ?? "", patientID: value))
        return result
    }

    /// `Type/id`, also behind a base, and `#id`; a logical reference keeps its identifier's pseudonym.
    private func reference(_ object: JSONObject) -> JSONValue? {
        var result = JSONObject()
        if let text = object["reference"]?.string, let place = place(text) { result["reference"] = .string(place) }
        if let type = object["type"]?.string, rules.elements.isKnown(type: type) { result["type"] = .string(type) }
        if let logical = object["identifier"]?.object { result["identifier"] = .object(identifier(logical)) }
        return result["reference"] == nil && result["identifier"] == nil ? nil : .object(result)
    }

    private func place(_ text: String) -> String? {
        if text.hasPrefix("#") { return "#\(pseudonym(type: "contained", id: String(text.dropFirst())))" }
        if text.hasPrefix("urn:uuid:") { return urn(text) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // A version is left out: it would name a point in time.
        let end = parts.firstIndex(of: "_history") ?? parts.count
        guard end >= 2, rules.elements.isKnown(type: parts[end - 2]), !text.contains("?") else { return nil }
        return "\(parts[end - 2])/\(pseudonym(type: parts[end - 2], id: parts[end - 1]))"
    }

    private static let base = "https://deidentified.invalid/"

    private func fullUrl(_ text: String) -> String? {
        text.hasPrefix("urn:") ? urn(text) : place(text).map { Self.base + $0 }
    }

    /// A UUID of version 8 in place of another.
    private func urn(_ text: String) -> String {
        var digits = Array(pseudonyms.patientID(issuer: "urn", patientID: text) + "000000")
        (digits[12], digits[16]) = ("8", "8")
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return "urn:uuid:\(parts.joined(separator: "-"))"
    }

    private func bundleType(_ type: String?) -> JSONValue {
        ["document", "message"].contains(type) ? .string(type ?? "") : "collection"
    }

    // MARK: - What is looked for afterwards

    private mutating func noteIdentity(_ object: JSONObject) {
        for entry in object["identifier"]?.array ?? [] {
            if let value = entry["value"]?.string { found.append(.identifier(value)) }
        }
        for name in object["name"]?.array ?? [] {
            let given = (name["given"]?.array ?? []).compactMap(\.string)
            if let family = name["family"]?.string { found.append(.name(([family] + given).joined(separator: "^"))) }
            if let text = name["text"]?.string { found.append(.name(text)) }
        }
        for contact in object["telecom"]?.array ?? [] {
            if let value = contact["value"]?.string { found.append(.text(value)) }
        }
        for address in object["address"]?.array ?? [] {
            found += (address["line"]?.array ?? []).compactMap { $0.string.map { .text($0) } }
        }
    }

    private static func digits(_ date: String) -> String { date.filter { $0 != "-" } }

    /// What stands for an element that must be there and may not stay (extension data-absent-reason, code `masked`).
    private static func absence(type: String) -> (value: JSONValue, isPrimitive: Bool) {
        let value: JSONValue = [
            "extension": [
                [
                    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                    "valueCode": "masked",
                ]
            ]
        ]
        return (value, type.first?.isLowercase == true)
    }
}
