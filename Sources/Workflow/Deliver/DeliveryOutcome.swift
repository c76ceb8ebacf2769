/// How one try at an outbox entry ended, when it ended without an error.
enum DeliveryOutcome: Sendable {
    /// The destination has the report. `digest` is what it has, for destinations that cannot be asked.
    case delivered(code: String, digest: String? = nil)
    /// A person's final report stands there: ours is not touched any more.
    case finalised(code: String)
    /// The report there is marked as entered in error, or there is none.
    case withdrawn(code: String)
    /// Nothing is sent, and nothing is there.
    case ended(code: String)
    /// What is there is not ours to change: a person has to look.
    case conflict(code: String)
}

/// Delivers to one kind of destination. Each call is safe to repeat.
protocol DeliveryChannel: Sendable {
    /// The destination's configured name.
    var name: String { get }

    /// Whether the destination tells what it has.
    var canBeAsked: Bool { get }

    /// Brings the report there.
    func deliver(_ payload: [UInt8], scope: AuditScope) async throws(AdapterError) -> DeliveryOutcome

    /// Takes back a report that went there; `payload` is a copy of it.
    ///
    /// - Parameter time: when it was withdrawn, the same for each try.
    func withdraw(_ payload: [UInt8], at time: Timestamp, scope: AuditScope) async throws(AdapterError)
        -> DeliveryOutcome

    /// Finds out what came of a try that was broken off, and of which nothing more is to be sent.
    func settle(_ payload: [UInt8], at time: Timestamp, scope: AuditScope) async throws(AdapterError)
        -> DeliveryOutcome
}
