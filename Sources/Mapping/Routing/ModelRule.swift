/// The rule in a model's own folder: which orders it is made for. It knows no site: neither its senders nor its codes.
public struct ModelRule: Sendable, Hashable {
    /// The model.
    public let id: String
    private let alternatives: [RoutingRule.Conditions]

    /// Reads the entry `routing` of a model's description, `{"any": [{"modality": ["DX"], …}]}`: the conditions of
    /// `mappings/routing/` but `source`.
    ///
    /// - Parameter json: JSON, which is YAML too.
    /// - Throws: `MappingError` with the key path; unknown keys are refused, and an alternative without any condition,
    ///   which would claim every order.
    public init(id: String, json: [UInt8]) throws(MappingError) {
        self.id = id
        let node = try YAMLNode(parsing: String(decoding: json, as: UTF8.self))
        _ = try node.members(allowed: ["any"])
        let elements = try node.required("any").elements()
        guard !elements.isEmpty else { throw node.error(.invalidValue) }
        alternatives = try elements.map { element throws(MappingError) in
            let conditions = try RoutingRule.Conditions(element)
            guard conditions.source == nil else { throw element.error(.unknownKey) }
            return conditions
        }
    }

    /// Whether the model is made for the order. A field that the order does not have fulfils no condition.
    public func claims(_ order: ImagingOrder) -> Bool {
        alternatives.contains { $0.unfulfilled(by: order).isEmpty }
    }
}
