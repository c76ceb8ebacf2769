import Workflow

/// What can go wrong on the way to an audit repository, as errors of an adapter.
enum AuditFeedError {
    static func unavailable(_ code: String) -> AdapterError { AdapterError(.unavailable, code: code) }
}
