import HL7v2

/// One order mapping file with all that it extends.
struct MappingLayer {
    var messages: [MessageType] = []
    var patients = PatientEvents.standard
    var rules = ReadingRules()
    var cases: [OrderMapping.Case] = []

    private static let keys = [
        "version", "extends", "messages", "required", "patientIdentifierTypes", "timeZone", "patients", "order",
        "cases",
    ]
    private static let caseKeys = ["when", "required", "patientIdentifierTypes", "timeZone", "order"]
    /// A file that extends one that extends one: more is a knot.
    private static let mostLevels = 5

    /// Reads a file and collects what is wrong with it.
    static func load(_ root: YAMLNode, with context: LoadingContext) -> MappingLayer {
        load(root, with: context, level: 1)
    }

    private static func load(_ root: YAMLNode, with context: LoadingContext, level: Int) -> MappingLayer {
        var layer = MappingLayer()
        var extends = false
        context.attempt { () throws(MappingError) in
            _ = try root.members(allowed: keys)
            try root.requireVersion1()
        }
        guard context.errors.isEmpty else { return layer }
        context.attempt { () throws(MappingError) in
            guard let node = try root.member("extends") else { return }
            extends = true
            guard level < mostLevels, let file = root.file, let path = MappingFiles.path(try node.text(), from: file)
            else { throw node.error(.invalidValue) }
            layer = load(try context.file(path, namedBy: node), with: context, level: level + 1)
        }
        guard context.errors.isEmpty else { return layer }
        layer.apply(root, with: context, extends: extends)
        return layer
    }

    private mutating func apply(_ root: YAMLNode, with context: LoadingContext, extends: Bool) {
        context.attempt { () throws(MappingError) in
            guard let node = try extends ? root.member("messages") : root.required("messages") else { return }
            messages = try OrderMapping.messageTypes(node)
        }
        context.attempt { () throws(MappingError) in
            if !extends { _ = try root.required("order") }
            guard let node = try root.member("patients") else { return }
            patients = try PatientEvents(node, over: patients)
        }
        rules.apply(root, with: context, mayInherit: extends)
        if context.errors.isEmpty { rules.check(root, context) }
        context.attempt { () throws(MappingError) in
            guard let node = try root.member("cases") else { return }
            cases = []
            for element in try node.elements() {
                context.attempt { () throws(MappingError) in
                    _ = try element.members(allowed: Self.caseKeys)
                    var own = rules
                    own.apply(element, with: context, mayInherit: true)
                    if context.errors.isEmpty { own.check(element, context) }
                    cases.append(.init(condition: try Condition(element.required("when")), rules: own))
                }
            }
        }
    }
}

extension OrderMapping {
    static func messageTypes(_ node: YAMLNode) throws(MappingError) -> [MessageType] {
        try node.elements().map { node throws(MappingError) in
            let parts = try node.text().split(separator: "^", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts.contains("") else { throw node.error(.invalidValue) }
            return MessageType(code: parts[0], triggerEvent: parts[1])
        }
    }
}
