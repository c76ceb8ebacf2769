internal import Deidentification
internal import JSON
internal import Sealing

/// Rewrites one resource element by element, and remembers what it took away so that it can be looked for.
struct FHIRRewriter {
    let rules: FHIRRules
    let pseudonyms: any PseudonymSource
    let uids: UIDPseudonyms
    let dates: DateMove
    let keepsCharacteristics: Bool
    private(set) var counts: [String: Int] = [:]
    private(set) var found: [Found] = []
    /// What the Observation, or its component, that is being walked is about.
    private var topic = AgeLimit.Topic.other
    /// The units of the Timing.repeat that is being walked.
    private var timing: [GivenUnit] = []

    init(rules: FHIRRules, pseudonyms: any PseudonymSource, profile: DeidentificationProfile, dates: DateMove) {
        self.rules = rules
        self.pseudonyms = pseudonyms
        self.dates = dates
        uids = UIDPseudonyms(pseudonyms: pseudonyms, profile: profile)
        keepsCharacteristics = profile.options.contains(.retainPatientCharacteristics)
    }

    /// The resource without what the rules do not name. Throws `resourceUnreadable`, `resourceTypeUnsupported` and
    /// `modifierUnsupported`. The parser of JSON has bounded the depth.
    mutating func rewrite(
        resource: JSONValue, isContained: Bool = false
    ) throws(MessageDeidentificationError) -> JSONValue {
        guard let object = resource.object, let type = object["resourceType"]?.string else {
            throw MessageDeidentificationError(.resourceUnreadable)
        }
        guard rules.elements.isResource(type) else {
            throw MessageDeidentificationError(.resourceTypeUnsupported)
        }
        noteIdentity(object)
        var result: JSONObject = ["resourceType": .string(type)]
        // A contained resource is referred to without its type.
        let idType = isContained ? Self.contained : type
        for (name, value) in try walk(object, path: type, idType: idType) { result[name] = value }
        return .object(result)
    }

    private static let contained = "contained"

    private mutating func walk(
        _ object: JSONObject, path: String, idType: String
    ) throws(MessageDeidentificationError) -> JSONObject {
        // A code without its system says nothing, and its system may be the hospital's.
        if path == "Coding" { return coding(object) }
        if path == "Quantity" { return quantity(object) }
        let outer = (topic, timing)
        defer { (topic, timing) = outer }
        timing = path == "Timing.repeat" ? Self.timing(object) : []
        if path == "Observation" || path == "Observation.component" {
            topic = AgeLimit.Topic(concept: object["code"])
        } else if rules.elements.isResource(path) {
            topic = .other
        }
        var result = JSONObject()
        for (name, value) in object where !(name == "resourceType" && rules.elements.isResource(path)) {
            guard name != "modifierExtension", name != "implicitRules" else {
                throw MessageDeidentificationError(.modifierUnsupported, at: "\(path).\(name)")
            }
            guard let member = rules.elements.member(name, of: path) else {
                count(.remove)
                continue
            }
            // The id of a resource is typed as a plain string by the standard's table.
            let isResourceID = name == "id" && rules.elements.isResource(path)
            let action = isResourceID ? .id : rules.action(path: member.path, type: member.type)
            let written = try rewrite(
                value, action, path: member.path, type: member.type, idType: idType)
            count(written == nil ? .remove : action)
            if let written {
                result[name] = written
            } else if member.isRequired {
                let stand = FHIRAbsence.of(type: member.type)
                result[stand.isPrimitive ? "_\(name)" : name] =
                    value.array == nil ? stand.value : .array([stand.value])
            }
        }
        return result
    }

    private mutating func count(_ action: FHIRRules.Action) { counts[action.rawValue, default: 0] += 1 }

    private mutating func rewrite(
        _ value: JSONValue, _ action: FHIRRules.Action, path: String, type: String, idType: String
    ) throws(MessageDeidentificationError) -> JSONValue? {
        if let array = value.array {
            var written: [JSONValue] = []
            for element in array {
                let one = try rewrite(element, action, path: path, type: type, idType: idType)
                if let one { written.append(one) }
            }
            return written.isEmpty ? nil : .array(written)
        }
        switch action {
        case .remove: return nil
        case .birthDate: return birthDate(value)
        case .keep: return kept(value, type: type)
        case .characteristic: return keepsCharacteristics ? kept(value, type: type) : nil
        case .code: return value.string.flatMap(rules.code).map { .string($0) }
        case .date: return topic == .birth ? birthDate(value) : date(value, type: type)
        case .id: return value.string.map { .string(pseudonym(type: idType, id: $0)) }
        case .uri: return value.string.flatMap(uri).map { .string($0) }
        case .uid: return value.string.flatMap { uids($0) }.map { .string($0) }
        case .identifier: return value.object.map { .object(identifier($0)) }
        case .reference: return value.object.flatMap(reference)
        case .fullUrl: return value.string.flatMap(fullUrl).map { .string($0) }
        case .bundleType: return bundleType(value.string)
        case .walk:
            guard let object = value.object else { return nil }
            if type == "Resource" { return try rewrite(resource: value, isContained: path.hasSuffix(".contained")) }
            let next = type == "BackboneElement" || type == "Element" ? path : type
            let walked = try walk(object, path: next, idType: idType)
            return walked.isEmpty ? nil : .object(walked)
        }
    }

    // MARK: - Values

    /// By its type; a date, a reference and the like are no values that are kept as they are.
    private func kept(_ value: JSONValue, type: String) -> JSONValue? {
        switch type {
        // Not `? nil : value`: a literal nil would be JSON's null.
        case "boolean": value.bool.map { _ in value }
        case "decimal": number(value, type: type, units: timing)
        case "integer", "unsignedInt", "positiveInt": number(value, type: type)
        case "time" where topic == .birth: nil
        case "time": value.string.flatMap { FHIRTime.isValid($0, type) ? JSONValue.string($0) : Optional.none }
        case "code": value.string.flatMap(rules.code).map { .string($0) }
        case "uri", "url", "canonical", "oid": value.string.flatMap(uri).map { .string($0) }
        case "string", "markdown": value.string.map { .string($0) }
        default: nil
        }
    }

    private func number(_ value: JSONValue, type: String, units: [GivenUnit] = []) -> JSONValue? {
        // A year of birth is a number too.
        guard topic != .birth, let number = PlainNumber.resource(value, type: type), let text = number.number?.text
        else { return nil }
        return switch AgeLimit.verdict(text, units: units, isAge: topic == .age) {
        case .stays: number
        case .ninety: 90
        case .goes: nil
        }
    }

    private func date(_ value: JSONValue, type: String) -> JSONValue? {
        value.string.flatMap { dates.moved(fhir: $0, type: type) }.map { .string($0) }
    }

    private mutating func birthDate(_ value: JSONValue) -> JSONValue? {
        found.append(.date(value.string.map(Self.digits) ?? ""))
        return nil
    }

    private func coding(_ object: JSONObject) -> JSONObject {
        guard let system = object["system"]?.string, let text = object["code"]?.string,
            let code = rules.codeSystems.code(text, of: system, uri: uri)
        else { return JSONObject() }
        return ["system": .string(system), "code": .string(code)]
    }

    /// Value and comparator, and the unit where it is a published one's code.
    private func quantity(_ object: JSONObject) -> JSONObject {
        let unit = coding(object)
        var units = [object["unit"]?.string].compactMap(\.self).map { GivenUnit(word: $0) }
        if let system = unit["system"]?.string, let code = unit["code"]?.string {
            units.append(GivenUnit(published: code, isUCUM: rules.codeSystems.isOfUnits(system)))
        } else if let code = object["code"]?.string {
            units.append(GivenUnit(word: code))
        }
        var result = JSONObject()
        result["value"] = object["value"].flatMap { number($0, type: "decimal", units: units) }
        result["comparator"] = object["comparator"]?.string.flatMap(rules.code).map { .string($0) }
        result["system"] = unit["system"]
        result["code"] = unit["code"]
        return result
    }

    /// Duration and period are decimals with a unit each; one that is an age in either is one.
    private static func timing(_ object: JSONObject) -> [GivenUnit] {
        ["durationUnit", "periodUnit"].compactMap { object[$0]?.string }.map { GivenUnit(word: $0) }
    }

    private func pseudonym(type: String, id: String) -> String {
        pseudonyms.patientID(issuer: "fhir|\(type)", patientID: id)
    }

    private func uri(_ text: String) -> String? {
        if let published = rules.published(text) { return published }
        return text.hasPrefix("urn:oid:") ? uids(String(text.dropFirst(8))).map { "urn:oid:\($0)" } : nil
    }

    private func identifier(_ object: JSONObject) -> JSONObject {
        var result = JSONObject()
        if let use = object["use"]?.string.flatMap(rules.code) { result["use"] = .string(use) }
        let system = object["system"]?.string
        result["system"] = system.flatMap(rules.published).map { .string($0) }
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
        // `#` alone is the resource that contains this one.
        if text == "#" { return text }
        if text.hasPrefix("#") { return "#\(pseudonym(type: Self.contained, id: String(text.dropFirst())))" }
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
}
