import Synchronization
import Workflow

/// How much of what is no message is kept of one address in a minute: whoever sends garbage fills neither the disk nor
/// the audit log.
final class KeepLimit: Sendable {
    static let perMinute = 20
    static let mostAddresses = 1024

    private let kept = Mutex<[String: (since: Timestamp, count: Int)]>([:])

    /// Whether one more may be kept.
    func allows(_ address: String, at now: Timestamp) -> Bool {
        kept.withLock { kept in
            if kept.count >= Self.mostAddresses { kept = kept.filter { now - $1.since < .seconds(60) } }
            guard kept.count < Self.mostAddresses || kept[address] != nil else { return false }
            guard let entry = kept[address], now - entry.since < .seconds(60) else {
                kept[address] = (now, 1)
                return true
            }
            kept[address] = (entry.since, entry.count + 1)
            return entry.count < Self.perMinute
        }
    }
}
