internal import FHIR
internal import JSON

/// Why the server refuses: an HTTP status and the issues of an OperationOutcome (R4 §3.1.0.1.9).
struct RecordFault: Error, Sendable, Equatable {
    var status: Int
    var issues: [OperationOutcome.Issue]
    /// Methods for the Allow header of a 405.
    var allow: String?

    /// - Parameter code: of the value set issue-type.
    init(_ status: Int, _ code: String, _ words: String, at expression: String? = nil, allow: String? = nil) {
        self.init(
            status,
            [OperationOutcome.Issue(.error, code, diagnostics: words, expression: expression.map { [$0] } ?? [])])
        self.allow = allow
    }

    init(_ status: Int, _ issues: [OperationOutcome.Issue]) {
        self.status = status
        self.issues = issues
    }

    var outcome: JSONObject { OperationOutcome(issues).elements }

    /// The same fault about a resource inside a bundle.
    func inside(_ place: String) -> RecordFault {
        var fault = self
        fault.issues = issues.map { issue in
            var issue = issue
            // Expressions begin with the resource type, which `place` stands for.
            let paths = issue.expression.map { $0.split(separator: ".").dropFirst().map(String.init) }
            issue.expression = paths.isEmpty ? [place] : paths.map { ([place] + $0).joined(separator: ".") }
            return issue
        }
        return fault
    }

    static func methodNotAllowed(_ allow: String) -> RecordFault {
        RecordFault(405, "not-supported", "This method is not supported here; use \(allow).", allow: allow)
    }
}
