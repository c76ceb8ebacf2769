/// Decides from the header alone whether an image is one for the model: the model's rules, and the site's policy where
/// a rule leaves the decision to the site.
struct HeaderGate: Sendable {
    let rules: HeaderRules
    let policy: ScopePolicy

    /// Position of the first rule that refuses the image, and its code.
    func refusal(_ header: ImageHeader) -> (depth: Int, code: RefusalCode)? {
        for (depth, rule) in rules.rules.enumerated() {
            if let code = refusal(header, by: rule) { return (depth, code) }
        }
        return nil
    }

    /// What the reader of an accepted image should know.
    func caveats(_ header: ImageHeader) -> [Caveat] {
        func isSilent(_ element: HeaderElement) -> Bool {
            element.value(header) == nil && rules.rules.contains { $0.element == element }
        }
        var caveats: [Caveat] = []
        if isSilent(.patientAge) { caveats.append(.ageMissing) }
        if isSilent(.burnedInAnnotation) { caveats.append(.burnedInAnnotationUnknown) }
        if header.polarity.isContradictory { caveats.append(.polarityContradiction) }
        if isSilent(.viewPosition) { caveats.append(.viewMissing) }
        return caveats
    }

    private func refusal(_ header: ImageHeader, by rule: HeaderRules.Rule) -> RefusalCode? {
        guard let value = rule.element.value(header) else {
            return isRefusedAbsent(rule) ? rule.absentRefusal : nil
        }
        return rule.condition.holds(for: value) || isSecondaryCapture(header, value, rule) ? nil : rule.refusal
    }

    private func isRefusedAbsent(_ rule: HeaderRules.Rule) -> Bool {
        switch rule.absent {
        case .accept: false
        case .refuse: true
        case .site: (rule.element == .patientAge ? policy.missingAge : policy.missingBurnedIn) == .refuse
        }
    }

    /// A Secondary Capture carries the modality of its source or one of the conversion's own.
    private func isSecondaryCapture(
        _ header: ImageHeader, _ value: HeaderElement.Value, _ rule: HeaderRules.Rule
    ) -> Bool {
        guard policy.acceptsSecondaryCapture, Self.secondaryCapture.contains(header.sopClass),
            case .text(let text) = value
        else { return false }
        return rule.secondaryCapture.contains(text)
    }

    /// Secondary Capture Image Storage and its multi-frame forms (PS3.4 B.5).
    private static let secondaryCapture: Set<String> = [
        "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.1", "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.3", "1.2.840.10008.5.1.4.1.1.7.4",
    ]
}

extension HeaderRules.Condition {
    /// Whether a value fulfils the condition.
    fileprivate func holds(for value: HeaderElement.Value) -> Bool {
        switch (self, value) {
        case (.oneOf(let values), .text(let text)): values.contains(text)
        case (.noneOf(let values), .text(let text)): !values.contains(text)
        case (.between(let range), .number(let number)): range.contains(number)
        case (.oneOf, .number), (.noneOf, .number), (.between, .text): false
        }
    }
}
