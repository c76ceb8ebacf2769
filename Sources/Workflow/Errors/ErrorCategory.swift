/// What the worker does about an error; nothing else about the error decides it.
///
/// `busy`, `unavailable` and `interrupted` are tried again; `conflict` is read again a few times; `incorrect`,
/// `unsupported`, `forbidden` and `notFound` wait for a person; `fault` raises the alarm.
public enum ErrorCategory: String, Sendable, Hashable, CaseIterable {
    case busy
    case unavailable
    case interrupted
    case conflict
    case incorrect
    case unsupported
    case forbidden
    case notFound
    case fault
}
