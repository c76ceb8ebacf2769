import HL7v2

/// How the orders of one message are read, complete: a file with all that it extends, or one of its cases.
struct ReadingRules: Sendable {
    /// Fields that an order for a model must say.
    var required: [OrderField] = []
    /// CX.5 of the patient identifiers to take; empty takes all. One without a type is taken.
    var patientIdentifierTypes: [String] = []
    /// For times without a zone, before the source's own.
    var timeZone: SourceTimeZone?
    private var places: [[Place]?] = Array(repeating: nil, count: OrderField.allCases.count)

    /// The places of a field; nil sets the field to never mentioned.
    subscript(field: OrderField) -> [Place] {
        get { places[field.ordinal] ?? [] }
        set { places[field.ordinal] = newValue }
    }

    /// Fields with at least one place.
    var fields: [OrderField] { OrderField.allCases.filter { !self[$0].isEmpty } }

    /// What a file or a case says, over what it extends. Errors are collected, so that a person sees all of them.
    mutating func apply(_ root: YAMLNode, with context: LoadingContext, mayInherit: Bool) {
        context.attempt { () throws(MappingError) in
            guard let node = try root.member("required") else { return }
            required = try node.elements().map { node throws(MappingError) in try Self.field(node) }
        }
        context.attempt { () throws(MappingError) in
            guard let node = try root.member("patientIdentifierTypes") else { return }
            patientIdentifierTypes = try node.texts()
        }
        context.attempt { () throws(MappingError) in
            guard let node = try root.member("timeZone") else { return }
            timeZone = try node.timeZone()
        }
        context.attempt { () throws(MappingError) in
            guard let order = try root.member("order") else { return }
            for (key, node) in try order.members() {
                context.attempt { () throws(MappingError) in
                    guard let field = OrderField(rawValue: key) else { throw node.error(.unknownKey) }
                    try read(field, node, context, mayInherit: mayInherit)
                }
            }
        }
    }

    private mutating func read(
        _ field: OrderField, _ node: YAMLNode, _ context: LoadingContext, mayInherit: Bool
    ) throws(MappingError) {
        var read: [Place] = []
        for element in try node.elements() {
            // The places of the file that this one extends.
            if !element.isMapping, try element.text() == "inherited" {
                guard mayInherit else { throw element.error(.invalidValue) }
                read += self[field]
            } else {
                read.append(try Place(element, for: field, with: context))
            }
        }
        self[field] = read
    }

    private static func field(_ node: YAMLNode) throws(MappingError) -> OrderField {
        guard let field = OrderField(rawValue: try node.text()) else { throw node.error(.unknownKey) }
        return field
    }

    /// Fields that must have a place and have none.
    func check(_ root: YAMLNode, _ context: LoadingContext) {
        for field in required + [.orderControl, .placerOrderNumber] where self[field].isEmpty {
            context.errors.append(MappingError(.missingKey, file: root.file, keyPath: "order.\(field.rawValue)"))
        }
    }
}
