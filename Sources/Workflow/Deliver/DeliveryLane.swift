/// Which outbox entries a deliverer takes, so that a destination that does not answer holds up nobody else.
public enum DeliveryLane: Sendable, Hashable {
    case all
    /// Entries for this destination.
    case only(String)
    /// Entries for any other destination, configured or not.
    case except([String])
}
