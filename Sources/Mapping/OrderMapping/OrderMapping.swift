public import HL7v2

/// How one sender's order messages become imaging orders: a file of `mappings/orders/` or `mappings/sites/`, what it
/// extends, its code maps, and its sender.
public struct OrderMapping: Sendable {
    /// The most orders that are read from one message.
    static let mostOrders = 50

    /// The messages that the file reads as orders; all others are not ours.
    public let messages: [MessageType]
    /// Whose messages are read.
    public private(set) var sender: OrderSender
    /// A short digest of all files that the mapping was made of; set by whoever read them, stored in each order.
    public var version: String?
    /// The files that the mapping was made of, below `mappings`, sorted.
    public let files: [String]
    /// The configured assigners that places name.
    public let namedAssigners: Set<String>
    let patients: PatientEvents
    /// What holds where no case does.
    let rules: ReadingRules
    /// The first case that holds for a message is what its orders are read by.
    let cases: [Case]

    /// Messages of a listener that are read otherwise than the others, by MSH or other segments.
    struct Case: Sendable {
        let condition: Condition
        let rules: ReadingRules
    }

    /// - Parameters:
    ///   - path: The file, such as `sites/small-site.yaml`.
    ///   - files: All files of `mappings`: what the file extends, and its code maps.
    ///   - assignersAreChecked: Whether an assigner that a place names must be configured.
    /// - Throws: `MappingError` with file, key path and line; unknown keys are refused.
    public init(
        path: String, in files: MappingFiles, sender: OrderSender, assignersAreChecked: Bool = true
    ) throws(MappingError) {
        let context = LoadingContext(files, assigners: assignersAreChecked ? sender.assigners : nil)
        try self.init(context.file(path), context, sender)
    }

    /// - Parameters:
    ///   - yaml: A file that extends no other.
    ///   - codes: The code maps of `mappings/codes/` by name.
    /// - Throws: `MappingError` with key path and line; unknown keys are refused.
    public init(yaml: String, codes: [String: CodeMap] = [:], sender: OrderSender) throws(MappingError) {
        let context = LoadingContext(MappingFiles([:]), codeMaps: codes, assigners: sender.assigners)
        try self.init(YAMLNode(parsing: yaml), context, sender)
    }

    private init(_ root: YAMLNode, _ context: LoadingContext, _ sender: OrderSender) throws(MappingError) {
        let layer = MappingLayer.load(root, with: context)
        if let first = context.errors.first { throw first }
        messages = layer.messages
        patients = layer.patients
        rules = layer.rules
        cases = layer.cases
        files = context.used.sorted()
        namedAssigners = context.namedAssigners
        self.sender = sender
    }

    /// The same file for messages of another sender; assigners that it names are not checked again.
    public func sent(by sender: OrderSender) -> OrderMapping {
        var mapping = self
        mapping.sender = sender
        return mapping
    }

    /// The rules that a message is read by.
    func rules(for message: Message) -> ReadingRules {
        guard !cases.isEmpty else { return rules }
        let text: (FieldPath) -> String? = { path in
            let text = AssignedIdentifier.trimmed(message.value(at: path) ?? "")
            return text.isEmpty ? nil : text
        }
        return cases.first { $0.condition.holds(text) }?.rules ?? rules
    }

    /// The orders of a message, each with what it lacks: whether that matters is for the caller to decide once routing
    /// has claimed the order. Empty for a message that is not listed in `messages`.
    ///
    /// A Study Instance UID that stands once behind several orders of one accession number (ZDS, IHE RAD-4) is that of
    /// all of them.
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
        let rules = rules(for: message)
        let candidates = groups.map { group in
            var reader = OrderReader(message, group, self, rules)
            return reader.read()
        }
        return candidates.count == 1 ? candidates : candidates.map { $0.adoptingStudy(from: candidates) }
    }
}
