/// An error of an outside system, as an adapter reports it: a category, a stable code and nothing about a patient.
///
/// It never carries a URL, a body, a token or an identifier, so that it may be logged, counted and audited as it is.
public struct AdapterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Decides what happens next.
    public let category: ErrorCategory
    /// Stable and documented in `docs/operate/errors.md`, such as `ehr.http.503`.
    public let code: String
    /// How long the peer asked us to wait, if it did (Retry-After).
    public let retryAfter: Duration?

    public init(_ category: ErrorCategory, code: String, retryAfter: Duration? = nil) {
        self.category = category
        self.code = code
        self.retryAfter = retryAfter
    }

    public var description: String { "\(code) (\(category.rawValue))" }
}
