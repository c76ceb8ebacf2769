/// Why somebody overrides the ordinary rules of access ("break glass"): a code and, if there is one, the number of the
/// ticket in which the reason is told. No free text: that would be patient data sooner or later.
public struct Emergency: Sendable, Hashable {
    /// The reasons that can be given.
    public enum Reason: String, Sendable, CaseIterable {
        /// A patient is in danger.
        case patientEmergency
        /// The system, or one it serves, fails and patients depend on it.
        case systemEmergency
        /// A danger to many people.
        case publicHealth
        /// An order of a court or authority that cannot wait.
        case legal
    }

    /// The reason.
    public let reason: Reason
    /// The ticket's number: 1 to 40 letters, digits and hyphens.
    public let ticket: String?

    /// An emergency; nil when the ticket has another form.
    public init?(reason: Reason, ticket: String? = nil) {
        if let ticket {
            let isPlain = ticket.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D
            }
            guard isPlain, (1...40).contains(ticket.utf8.count) else { return nil }
        }
        self.reason = reason
        self.ticket = ticket
    }
}
