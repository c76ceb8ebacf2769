public import JSON

/// What went wrong, or did not, in words for machines and people (R4 §2.37).
public struct OperationOutcome: TypedResource {
    public static let resourceType = "OperationOutcome"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// How bad an issue is (value set issue-severity).
    public enum Severity: String, Sendable { case fatal, error, warning, information }

    /// One issue.
    public struct Issue: Hashable, Redacted, ElementValue {
        public var severity: String
        /// A code of the value set issue-type, such as `invalid`, `not-found`, `transient`.
        public var code: String
        /// Our own stable code, in `details`.
        public var details: CodeableConcept?
        public var diagnostics: String?
        public var expression: [String]

        public init(
            _ severity: Severity, _ code: String, details: CodeableConcept? = nil, diagnostics: String? = nil,
            expression: [String] = []
        ) {
            self.severity = severity.rawValue
            self.code = code
            self.details = details
            self.diagnostics = diagnostics
            self.expression = expression
        }

        public init?(json: JSONValue) {
            guard let severity = json["severity"]?.string, let code = json["code"]?.string else { return nil }
            self.severity = severity
            self.code = code
            details = json["details"].flatMap(CodeableConcept.init(json:))
            diagnostics = json["diagnostics"]?.string
            expression = json["expression"]?.elements.compactMap(\.string) ?? []
        }

        public var json: JSONValue {
            JSONObject(elements: [
                "severity": severity, "code": code, "details": details, "diagnostics": diagnostics,
                "expression": expression,
            ]).json
        }
    }

    /// An outcome of the given issues; R4 asks for one at least, so that none becomes "informational, all ok".
    public init(_ issues: [Issue]) {
        let all =
            issues.isEmpty ? [Issue(.information, "informational", details: CodeableConcept(text: "All OK"))] : issues
        self.init(elements: ["issue": all])
    }

    public var issues: [Issue] { list("issue", Issue.init(json:)) }

    /// Whether any issue is an error or fatal.
    public var isFailure: Bool {
        issues.contains { $0.severity == Severity.error.rawValue || $0.severity == Severity.fatal.rawValue }
    }
}
