internal import FHIR
internal import JSON

/// Checks a resource against the element tables: unknown elements, cardinalities, data types, required codes, and the
/// references it makes (R4 §2.1 and §2.6.2).
struct ResourceValidator {
    /// A literal reference that stands in the resource.
    struct FoundReference: Sendable {
        let reference: String
        /// Empty where any type may stand.
        let targets: [String]
        let expression: String
    }

    private(set) var issues: [OperationOutcome.Issue] = []
    private(set) var references: [FoundReference] = []
    private static let mostIssues = 20

    /// Checks a resource of a type the server knows.
    init(_ resource: JSONObject, type: String) {
        guard let definition = ElementTable.resources[type] else { return }
        check(resource, definition, path: "", at: type, isResource: true)
        issues += ResourceInvariants.issues(of: resource, type: type)
    }

    /// - Throws: 400 with every issue found.
    func throwIssues() throws(RecordFault) {
        guard issues.isEmpty else { throw RecordFault(400, Array(issues.prefix(Self.mostIssues))) }
    }

    private mutating func report(_ code: String, _ words: String, _ place: String) {
        guard issues.count < Self.mostIssues else { return }
        issues.append(OperationOutcome.Issue(.error, code, diagnostics: words, expression: [place]))
    }

    private mutating func check(
        _ object: JSONObject, _ definition: TypeDefinition, path: String, at place: String, isResource: Bool = false
    ) {
        if object.isEmpty { report("structure", "An object must not be empty.", place) }
        let members = definition.members[path] ?? [:]
        for (key, value) in object {
            switch key {
            case "resourceType" where isResource: continue
            case "id":
                let type: PrimitiveType = isResource ? .id : .string
                if !type.accepts(value) { report("value", "This is no \(type.rawValue).", "\(place).id") }
            case "extension", "modifierExtension": checkExtensions(value, "\(place).\(key)")
            default: checkMember(key, value, members, of: definition, path: path, at: place)
            }
        }
        for element in definition.elements[path] ?? [] { checkCardinality(element, in: object, at: place) }
    }

    private mutating func checkMember(
        _ key: String, _ value: JSONValue, _ members: [String: (element: ElementDefinition, type: String)],
        of definition: TypeDefinition, path: String, at place: String
    ) {
        if key.hasPrefix("_") {
            let isKnown = members[String(key.dropFirst())].map { PrimitiveType(rawValue: $0.type) != nil } ?? false
            guard isKnown, value.object != nil || value.array != nil else {
                return report("structure", "Only primitive elements have extensions of their own.", "\(place).\(key)")
            }
            return
        }
        guard let (element, type) = members[key] else {
            // The name comes from outside and may be anything: it is shown only where it looks like a name.
            let shown = isValidID(key) ? "\(place).\(key)" : place
            return report("structure", "This element is not part of \(definition.name).", shown)
        }
        let childPath = path.isEmpty ? element.name : "\(path).\(element.name)"
        guard element.repeats else {
            return checkValue(value, type, element, definition, childPath, "\(place).\(key)")
        }
        guard let values = value.array, !values.isEmpty else {
            return report("structure", "This element repeats: an array with at least one entry.", "\(place).\(key)")
        }
        for (index, value) in values.enumerated() where !value.isNull || PrimitiveType(rawValue: type) == nil {
            checkValue(value, type, element, definition, childPath, "\(place).\(key)[\(index)]")
        }
    }

    private mutating func checkValue(
        _ value: JSONValue, _ type: String, _ element: ElementDefinition, _ definition: TypeDefinition,
        _ childPath: String, _ place: String
    ) {
        if let primitive = PrimitiveType(rawValue: type) {
            guard primitive.accepts(value) else {
                return report("value", "This is no \(type).", place)
            }
            if !element.codes.isEmpty, let code = value.string, !element.codes.contains(code) {
                report("code-invalid", "Not one of the codes \(element.codes.joined(separator: ", ")).", place)
            }
            return
        }
        guard let object = value.object else { return report("structure", "This must be one object.", place) }
        switch type {
        case "-": check(object, definition, path: childPath, at: place)
        case "Resource": checkContained(object, place)
        case "Extension": checkExtensions(.array([value]), place)
        case _ where type.hasPrefix("#"):
            let path = type.split(separator: ".").dropFirst().joined(separator: ".")
            check(object, definition, path: path, at: place)
        default:
            if let inner = ElementTable.dataTypes[type] { check(object, inner, path: "", at: place) }
            if type == "Reference" { noteReference(object, element, place) }
        }
    }

    private mutating func noteReference(_ object: JSONObject, _ element: ElementDefinition, _ place: String) {
        if let type = object["type"]?.string, !element.targets.isEmpty, !element.targets.contains(type) {
            report("value", "A \(type) cannot stand here; allowed: \(element.targets.joined(separator: ", ")).", place)
        }
        guard let text = object["reference"]?.string else { return }
        references.append(FoundReference(reference: text, targets: element.targets, expression: place))
        if let type = object["type"]?.string, let target = ReferenceTarget(text), target.type != type {
            report("invalid", "The reference and its type say different things.", place)
        }
    }

    /// R4 §2.3.1: a contained resource has an id and contains none itself.
    private mutating func checkContained(_ object: JSONObject, _ place: String) {
        guard let type = object["resourceType"]?.string else {
            return report("structure", "A contained resource needs a resourceType.", place)
        }
        if object["id"] == nil { report("required", "A contained resource needs an id.", "\(place).id") }
        if object["contained"] != nil { report("structure", "A contained resource cannot contain.", place) }
        guard let definition = ElementTable.resources[type] else { return }
        check(object, definition, path: "", at: place, isResource: true)
    }

    private mutating func checkExtensions(_ value: JSONValue, _ place: String) {
        guard let extensions = value.array, !extensions.isEmpty,
            extensions.allSatisfy({ $0["url"]?.string?.isEmpty == false })
        else { return report("structure", "An array of extensions, each with a url.", place) }
        for (index, one) in extensions.enumerated() {
            let values = one.object?.keys.filter { $0.hasPrefix("value") } ?? []
            if values.count + (one["extension"] == nil ? 0 : 1) != 1 {
                report("invariant", "ext-1: either a value or extensions.", "\(place)[\(index)]")
            }
        }
    }

    private mutating func checkCardinality(_ element: ElementDefinition, in object: JSONObject, at place: String) {
        let keys = element.names.map(\.key)
        let present = keys.filter { object[$0] != nil || object["_\($0)"] != nil }
        if present.isEmpty, element.isRequired {
            report("required", "This element is mandatory.", "\(place).\(element.name)")
        }
        if present.count > 1 {
            report("structure", "Only one type of this element may be given.", "\(place).\(element.name)")
        }
    }
}
