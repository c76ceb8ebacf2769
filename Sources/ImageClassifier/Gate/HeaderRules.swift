/// For which headers a model was made, as data from its weights file (`headerRules`, docs/integrate/gate.md).
///
/// The rules are tried in their order, outermost first; the first that objects refuses the image.
struct HeaderRules: Sendable, Equatable {
    /// What an element must be.
    enum Condition: Sendable, Equatable {
        case oneOf(Set<String>)
        case noneOf(Set<String>)
        /// Both ends included.
        case between(ClosedRange<Int>)
    }

    /// What follows where the element is absent.
    enum Absence: String, Sendable, Equatable {
        case accept
        case refuse
        /// `ScopePolicy` decides: its defaults in the gateway and in `classify`, flags in `model evaluate`.
        case site
    }

    /// One rule.
    struct Rule: Sendable, Equatable {
        let element: HeaderElement
        let condition: Condition
        /// Values that are right as well in a Secondary Capture, at sites that accept such images.
        let secondaryCapture: Set<String>
        let absent: Absence
        let refusal: RefusalCode
        /// The code where the element is absent.
        let absentRefusal: RefusalCode
    }

    /// In the order in which they are tried.
    let rules: [Rule]

    /// Words for the clinician, with the range where a rule has one.
    func reason(_ code: RefusalCode) -> String {
        guard code == .ageOutOfRange || code == .ageMissing,
            case .between(let years)? = rules.first(where: { $0.element == .patientAge })?.condition
        else { return code.reason }
        return "\(code.reason.dropLast()) (\(years.lowerBound) to \(years.upperBound) years)."
    }
}
