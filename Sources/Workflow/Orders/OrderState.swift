/// Where an order stands. A lease is not a state.
public enum OrderState: String, Sendable, Hashable, CaseIterable {
    /// Stored and acknowledged; the worker has not looked at it yet, or starts again.
    case accepted
    /// No complete images yet.
    case waiting
    /// Put on hold by the placer.
    case held
    /// The report is composed and not (or not yet) delivered.
    case composed
    /// The EHR has the report.
    case delivered
    /// No model takes this order.
    case notApplicable
    /// A person must look at it.
    case parked
    /// Cancelled by the placer, or a cancellation that came before its order.
    case cancelled
}

extension OrderState {
    /// Whether the worker may take the order.
    public var isBeforeCompose: Bool { self == .accepted || self == .waiting }
}
