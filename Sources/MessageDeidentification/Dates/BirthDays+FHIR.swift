internal import JSON

extension BirthDays {
    /// Of all persons in these resources (`birthDate`), and every value whose concept, name or extension says that it is
    /// one; whatever the rules do with it.
    init(_ resources: [JSONValue]) {
        for resource in resources { collect(resource) }
    }

    private mutating func collect(_ value: JSONValue) {
        for element in value.array ?? [] { collect(element) }
        guard let object = value.object else { return }
        let isBirth = Self.isBirth(object)
        for (name, member) in object {
            if name == "birthDate" || (isBirth && name.hasPrefix("value")) { addAll(member) }
            collect(member)
        }
    }

    /// An Observation or its component, an input of a Task, a parameter, an extension.
    private static func isBirth(_ object: JSONObject) -> Bool {
        if ["code", "type"].contains(where: { AgeLimit.Topic(concept: object[$0]) == .birth }) { return true }
        return ["name", "url"].contains { object[$0]?.string?.lowercased().contains("birth") ?? false }
    }

    /// Of a Period both ends.
    private mutating func addAll(_ value: JSONValue) {
        if let text = value.string ?? value.number?.text { add(text) }
        for element in value.array ?? [] { addAll(element) }
        for (_, member) in value.object ?? JSONObject() { addAll(member) }
    }
}
