/// What a scenario can do to a service of the pretend hospital.
public enum Outage: String, Sendable, CaseIterable {
    /// It answers.
    case none
    /// Connections are closed without an answer, as when the program is down or the network is cut.
    case unreachable
    /// What is asked is answered; what would change something gets 503, as when the disk behind it is full.
    case readOnly
    /// 503 with Retry-After, as when it is overloaded or being updated.
    case unavailable
}
