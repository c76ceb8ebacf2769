public import Audit
public import Reporting

/// A receiver of results, and of deferred acknowledgments, as HL7 v2 messages.
///
/// One message is under way at a time and an answer counts only when it names the message (MSA-2 is MSH-10).
public protocol ResultDestination: Sendable {
    /// The destination's configured name: that of its outbox entries and in audit records.
    var name: String { get }

    /// For which purpose results are disclosed to a receiver outside; `nil` where the receiver takes part in the
    /// patient's treatment.
    var disclosure: PurposeOfUse? { get }

    /// Sends one message and returns when the receiver has taken it (AA or CA).
    ///
    /// - Parameter controlID: MSH-10 of the message; the same for each try.
    /// - Throws: `incorrect` or `forbidden` where the receiver refuses the message (AE, AR, CE, CR), `busy` where it
    ///   asks to be asked again, `unavailable` where nothing was sent, `interrupted` where it is not known whether it
    ///   arrived. A receiver that is known to be away fails at once.
    func send(_ message: [UInt8], controlID: [UInt8]) async throws(AdapterError)
}

extension ResultDestination {
    /// Treatment.
    public var disclosure: PurposeOfUse? { nil }
}

/// A destination as the worker needs it: its name, and how it wants its messages.
public struct ResultDestinationSettings: Sendable, Hashable {
    public let name: String
    public let message: ResultMessageSettings

    public init(name: String, message: ResultMessageSettings) {
        self.name = name
        self.message = message
    }
}
