public import HL7v2

/// Who sends, and what is assumed where a message says nothing.
public struct OrderSender: Sendable {
    /// The configured name of the source.
    public let name: String
    /// All configured assigners.
    public let assigners: AssignerDirectory
    /// Meant where an identifier names no assigner.
    public let defaultAssigner: Assigner?
    /// For times without a zone; nil means the zone of MSH-7, or UTC.
    public let timeZone: SourceTimeZone?

    /// A sender as configured.
    public init(
        name: String, assigners: AssignerDirectory, defaultAssigner: Assigner? = nil, timeZone: SourceTimeZone? = nil
    ) {
        self.name = name
        self.assigners = assigners
        self.defaultAssigner = defaultAssigner
        self.timeZone = timeZone
    }
}

/// How one sender's order messages become imaging orders: a file of `mappings/orders/` and its sender.
public struct OrderMapping: Sendable {
    /// The most orders that are read from one message.
    static let mostOrders = 50

    /// The messages that the file reads as orders; all others are not ours.
    public let messages: [MessageType]
    /// Whose messages are read.
    public let sender: OrderSender
    let required: [OrderField]
    let sources: [OrderField: [ValueSource]]
    /// CX.5 of the patient identifiers to take; empty takes all. One without a type is taken.
    let patientIdentifierTypes: [String]

    /// - Parameters:
    ///   - yaml: The file.
    ///   - codes: The code maps of `mappings/codes/` by name.
    /// - Throws: `MappingError` with key path and line; unknown keys are refused.
    public init(yaml: String, codes: [String: CodeMap] = [:], sender: OrderSender) throws(MappingError) {
        let root = try YAMLNode(parsing: yaml)
        _ = try root.members(allowed: ["version", "messages", "required", "patientIdentifierTypes", "order"])
        try root.requireVersion1()
        messages = try root.required("messages").elements().map { node throws(MappingError) in
            try Self.messageType(node)
        }
        required =
            try root.member("required").map { node throws(MappingError) in
                try node.elements().map { node throws(MappingError) in try Self.field(node, named: node.text()) }
            } ?? []
        patientIdentifierTypes =
            try root.member("patientIdentifierTypes").map { node throws(MappingError) in
                try node.texts()
            } ?? []
        let order = try root.required("order")
        var sources: [OrderField: [ValueSource]] = [:]
        for (key, node) in try order.members(allowed: OrderField.allCases.map(\.rawValue)) {
            let field = try Self.field(node, named: key)
            sources[field] = try node.elements().map { node throws(MappingError) in
                try ValueSource(node, for: field, codes: codes)
            }
        }
        for field in required + [.orderControl, .placerOrderNumber] where sources[field] == nil {
            throw MappingError(.missingKey, keyPath: "order.\(field.rawValue)")
        }
        self.sources = sources
        self.sender = sender
    }

    private static func field(_ node: YAMLNode, named name: String) throws(MappingError) -> OrderField {
        guard let field = OrderField(rawValue: name) else { throw node.error(.unknownKey) }
        return field
    }

    private static func messageType(_ node: YAMLNode) throws(MappingError) -> MessageType {
        let parts = try node.text().split(separator: "^", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else { throw node.error(.invalidValue) }
        return MessageType(code: parts[0], triggerEvent: parts[1])
    }

    /// The orders of a message, each with what it lacks: whether that matters is for the caller to decide once routing
    /// has claimed the order. Empty for a message that is not listed in `messages`.
    ///
    /// - Throws: `orderGroupMissing` for a listed message without ORC and OBR, `tooManyOrders`.
    public func orders(from message: Message) throws(MappingError) -> [OrderCandidate] {
        guard messages.contains(message.messageType) else { return [] }
        let groups = OrderGroup.groups(of: message)
        guard !groups.isEmpty else {
            throw MappingError(.orderGroupMissing, at: ErrorLocation(segment: "ORC"))
        }
        guard groups.count <= Self.mostOrders else {
            throw MappingError(.tooManyOrders, at: ErrorLocation(segment: "ORC", sequence: Self.mostOrders + 1))
        }
        return groups.map { group in
            var reader = OrderReader(message, group, self)
            return reader.read(isOneOfSeveral: groups.count > 1)
        }
    }
}
