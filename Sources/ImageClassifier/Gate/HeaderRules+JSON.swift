internal import JSON

extension HeaderRules {
    /// Elements that each model must have a rule for: nothing that is read later would stop an image that is none.
    static let required: [HeaderElement] = [
        .sopClass, .modality, .species, .numberOfFrames, .samplesPerPixel, .photometricInterpretation,
        .burnedInAnnotation,
    ]
    private static let limit = 64

    /// Reads the rules of a weights file.
    ///
    /// Strict, because a rule that is not understood would be a rule that is not obeyed: an unknown element, condition,
    /// refusal or entry throws `headerRulesInvalid` with its place, and so does a missing rule for an element that
    /// every model must judge.
    init(json: JSONValue) throws(ClassifierError) {
        guard let list = json.array, (1...Self.limit).contains(list.count) else {
            throw ClassifierError(.headerRulesInvalid, "headerRules")
        }
        var rules: [Rule] = []
        for (index, value) in list.enumerated() {
            rules.append(try Rule(json: value, place: "headerRules[\(index)]"))
        }
        for element in Self.required where !rules.contains(where: { $0.element == element }) {
            throw ClassifierError(.headerRulesInvalid, "headerRules without \(element.rawValue)")
        }
        self.rules = rules
    }
}

extension HeaderRules.Rule {
    fileprivate init(json: JSONValue, place: String) throws(ClassifierError) {
        func invalid(_ key: String) -> ClassifierError { ClassifierError(.headerRulesInvalid, "\(place).\(key)") }
        func refusal(_ key: String) throws(ClassifierError) -> RefusalCode {
            guard let code = json[key]?.string.flatMap(RefusalCode.init(rawValue:)) else { throw invalid(key) }
            return code
        }
        let known: Set<String> = [
            "element", "oneOf", "noneOf", "between", "secondaryCapture", "absent", "refusal", "absentRefusal",
        ]
        guard let object = json.object else { throw ClassifierError(.headerRulesInvalid, place) }
        guard object.keys.allSatisfy(known.contains) else { throw invalid("*") }
        guard let element = json["element"]?.string.flatMap(HeaderElement.init(rawValue:)) else {
            throw invalid("element")
        }
        guard let absent = json["absent"]?.string.flatMap(HeaderRules.Absence.init(rawValue:)),
            absent != .site || element.hasSitePolicy
        else { throw invalid("absent") }
        guard let condition = HeaderRules.Condition(object), condition.isForNumbers == element.isNumber else {
            throw invalid("condition")
        }
        var secondaryCapture: Set<String> = []
        if let value = json["secondaryCapture"] {
            guard element.differsInSecondaryCapture, let values = HeaderRules.strings(value) else {
                throw invalid("secondaryCapture")
            }
            secondaryCapture = values
        }
        self.element = element
        self.condition = condition
        self.secondaryCapture = secondaryCapture
        self.absent = absent
        self.refusal = try refusal("refusal")
        absentRefusal = json["absentRefusal"] == nil ? self.refusal : try refusal("absentRefusal")
    }
}

extension HeaderRules.Condition {
    /// The one condition of a rule; `nil` for none, several or a malformed one.
    fileprivate init?(_ object: JSONObject) {
        let given = ["oneOf", "noneOf", "between"].filter { object[$0] != nil }
        guard given.count == 1, let name = given.first, let value = object[name] else { return nil }
        if name == "between" {
            guard let ends = value.array, ends.count == 2, let low = ends[0].int, let high = ends[1].int, low <= high
            else { return nil }
            self = .between(low...high)
        } else {
            guard let values = HeaderRules.strings(value) else { return nil }
            self = name == "oneOf" ? .oneOf(values) : .noneOf(values)
        }
    }

    fileprivate var isForNumbers: Bool {
        switch self {
        case .between: true
        case .oneOf, .noneOf: false
        }
    }
}

extension HeaderRules {
    /// One or more texts in upper case, as headers are compared.
    fileprivate static func strings(_ value: JSONValue) -> Set<String>? {
        guard let array = value.array, (1...limit).contains(array.count) else { return nil }
        let strings = array.compactMap(\.string).filter { !$0.isEmpty && $0 == $0.uppercased() }
        return strings.count == array.count ? Set(strings) : nil
    }
}
