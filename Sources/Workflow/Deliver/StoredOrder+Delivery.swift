// What an outbox entry's outcome makes of its order. Pure; runs inside the transaction that ends the entry's lease.
extension StoredOrder {
    /// Whether reports of the order that were not sent yet are still to be sent: they are as long as the order is
    /// composed or delivered, and also while it is parked because one destination refused, for the others.
    public var keepsUnsentReports: Bool {
        switch state {
        case .composed, .delivered: true
        case .parked: isParkedByDestination
        case .accepted, .waiting, .held, .notApplicable, .cancelled: false
        }
    }

    private var isParkedByDestination: Bool {
        guard let parking = content.parking, parking.from == .composed || parking.from == .delivered else {
            return false
        }
        let isRefusal = [.peerRefused, .retriesExhausted, .reportConflict, .fault].contains(parking.reason)
        // Found when ours was to be withdrawn, and not by a message that takes everything back.
        let isFinal = parking.reason == .reportFinal && parking.code == "report.finalised"
        return (isRefusal || isFinal) && content.deliveries.contains { $0.state == .failed }
    }

    /// What is known of a destination; `nil` before the first compose for it.
    func delivery(to destination: String) -> Delivery? {
        content.deliveries.first { $0.destination == destination }
    }

    /// The report is on its way to these destinations; the others that have it keep it.
    mutating func startDelivery(to destinations: [String], now: Timestamp) {
        content.deliveries.removeAll { $0.state != .delivered && !destinations.contains($0.destination) }
        let generation = content.generation
        for destination in destinations {
            set(destination) {
                $0.state = .open
                guard $0.since == nil || $0.generation != generation else { return }
                ($0.generation, $0.since) = (generation, now)
            }
        }
    }

    /// Whether the entry is about the report as it is named now, and not about one that was withdrawn since.
    func isCurrent(_ entry: OutboxEntry) -> Bool {
        guard let delivery = delivery(to: entry.destination) else { return content.generation == 0 }
        return delivery.generation == content.generation && delivery.since.map { $0 <= entry.created } ?? true
    }

    /// The report is at the destination; also when the order was changed, cancelled or parked while it was on its way.
    /// The order is delivered when it is at all of them.
    ///
    /// An entry that was withdrawn and turns out to have gone out is an older version: while the one that replaces it is
    /// still to be sent, only the standing changes.
    mutating func reached(
        _ destination: String, with entry: OutboxEntry, isWithdrawn: Bool, digest: String?, isFinal: Bool,
        now: Timestamp
    ) {
        let isReplaced = (isWithdrawn || !isCurrent(entry)) && state == .composed
        if !isReplaced {
            set(destination) {
                $0.state = .delivered
                $0.digest = digest
            }
            content.progress = OrderProgress()
        }
        let isFinal = isFinal || standing == .final
        guard isReplaced || state == .composed && content.deliveries.contains(where: { $0.state == .open }) else {
            return reportWentOut(isFinal: isFinal, now: now)
        }
        content.standing = isFinal ? .final : .preliminary
        updated = now
    }

    /// The destination does not take the report: a person has to look, while the others still get theirs.
    mutating func refused(by destination: String, _ reason: ParkReason, code: String, now: Timestamp) {
        set(destination) { $0.state = .failed }
        content.progress = OrderProgress()
        apply(.parked, now: now, parking: (reason, code))
        updated = now
    }

    /// What was there is marked as entered in error.
    mutating func withdrawn(from destination: String, now: Timestamp) {
        set(destination) {
            // A report made anew may be on its way already.
            if $0.state != .open { $0.state = .withdrawn }
            $0.digest = nil
        }
        updated = now
    }

    /// Counts a failed try; its number is what the retry policy asks for.
    mutating func countFailure(at destination: String, _ category: ErrorCategory) -> Int {
        let index = index(of: destination)
        return content.deliveries[index].count(category)
    }

    private mutating func set(_ destination: String, _ change: (inout Delivery) -> Void) {
        let index = index(of: destination)
        change(&content.deliveries[index])
        content.deliveries[index].failures = 0
        content.deliveries[index].conflicts = 0
    }

    /// Where the destination stands in the list, to which it is added where it is missing.
    private mutating func index(of destination: String) -> Int {
        if let index = content.deliveries.firstIndex(where: { $0.destination == destination }) { return index }
        content.deliveries.append(Delivery(destination: destination, state: .open))
        return content.deliveries.count - 1
    }
}
