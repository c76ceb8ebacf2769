/// Why an order is parked for a person; each has its remedy in `docs/operate/states.md`.
public enum ParkReason: String, Sendable, Hashable, CaseIterable {
    /// The keys of one message point to two orders.
    case identityConflict
    /// 30 days after the scheduled time the archive still has no images.
    case imagesNeverArrived
    /// The archive has more than one study for the order.
    case studyAmbiguous
    /// The EHR has no patient with the order's identifier.
    case patientNotFound
    /// The EHR has more than one patient with the order's identifier.
    case patientAmbiguous
    /// Order, study and EHR do not name the same patient or exam.
    case patientMismatch
    /// An identifier has no assigner known to the configuration, so that it equals nothing.
    case assignerUnknown
    /// A message made the order one that no model takes, and its report is out already.
    case orderChanged
    /// The order turned out to be about another patient or study, and a person's final report of it is out already.
    case reportFinal
    /// A peer refused for good; the code says what.
    case peerRefused
    /// A peer stayed unreachable for longer than the retry age.
    case retriesExhausted
    /// The EHR holds a report under our identifier that is not ours or has another patient, study or order.
    case reportConflict
    /// The images could not be read or de-identified.
    case imagesUnreadable
    /// The gateway itself failed; the code says where.
    case fault
}
