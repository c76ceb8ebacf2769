import JSON
import Synchronization

/// How far each audit repository is, for health.
final class FeedStandings: Sendable {
    private struct Standing {
        var lag: UInt64?
        var trouble: String?
    }

    private let standings: Mutex<[String: Standing]>

    init(_ sections: [AuditFeedSection]) {
        standings = Mutex(Dictionary(uniqueKeysWithValues: sections.map { ($0.name, Standing()) }))
    }

    func set(_ name: String, lag: UInt64?, trouble: String?) {
        standings.withLock { $0[name] = Standing(lag: lag, trouble: trouble) }
    }

    /// For `/health/audit`.
    var json: JSONValue {
        .array(
            standings.withLock { $0.sorted { $0.key < $1.key } }.map { name, standing in
                [
                    "name": .string(name),
                    "behind": standing.lag.map { .number(JSONNumber(Int(clamping: $0))) } ?? .null,
                    "trouble": standing.trouble.map { .string($0) } ?? .null,
                ]
            })
    }
}
