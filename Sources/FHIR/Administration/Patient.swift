public import JSON

/// A person in the EHR (R4 §8.1).
public struct Patient: TypedResource {
    public static let resourceType = "Patient"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// False when the record is no longer in use, for example after a merge; nil when it does not say.
    public var active: Bool? { elements["active"]?.bool }
    public var names: [HumanName] { list("name", HumanName.init(json:)) }
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    public var birthDate: String? { text("birthDate") }
    /// male, female, other or unknown.
    public var gender: String? { text("gender") }

    /// The records that replace this one.
    public var replacedBy: [Reference] {
        elements["link"]?.elements.filter { $0["type"]?.string == "replaced-by" }
            .compactMap { $0["other"].flatMap(Reference.init(json:)) } ?? []
    }
}

/// A person's name (R4 §2.24.0.10).
public struct HumanName: Hashable, Redacted, ElementValue {
    public var use: String?
    public var text: String?
    public var family: String?
    public var given: [String]

    public init(family: String?, given: [String] = [], text: String? = nil, use: String? = nil) {
        self.family = family
        self.given = given
        self.text = text
        self.use = use
    }

    public init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        self.init(
            family: object["family"]?.string, given: object["given"]?.elements.compactMap(\.string) ?? [],
            text: object["text"]?.string, use: object["use"]?.string)
    }

    public var json: JSONValue {
        JSONObject(elements: ["use": use, "text": text, "family": family, "given": given]).json
    }
}
