import JSON
import Synchronization

/// How far each place is, for health, metrics and the rule that stops the intake.
final class PlaceStandings: Sendable {
    struct Standing: Sendable, Equatable {
        let kind: String
        /// Leaves covered by what the place has; nil while this process does not know.
        var size: UInt64?
        /// The code of its trouble.
        var trouble: String?
    }

    private let standings: Mutex<[String: Standing]>

    init(_ sections: [CheckpointSection]) {
        standings = Mutex(
            Dictionary(uniqueKeysWithValues: sections.map { ($0.name, Standing(kind: $0.kind)) }))
    }

    func set(_ name: String, size: UInt64?, trouble: String?) {
        standings.withLock {
            $0[name]?.size = size
            $0[name]?.trouble = trouble
        }
    }

    /// The size that some place outside has. A time stamp authority keeps nothing: its token alone shows no cut.
    var newest: UInt64? {
        standings.withLock { $0.values.filter { $0.kind != "timestamps" }.compactMap(\.size).max() }
    }

    /// By name.
    var all: [(name: String, standing: Standing)] {
        standings.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    /// Shows how many leaves each place has not got covered.
    func show(in metrics: Metrics, leaves: UInt64) {
        for (name, standing) in all {
            let size = standing.size ?? 0
            metrics.set(.auditPlaceLag, label: name, to: Int(clamping: leaves > size ? leaves - size : 0))
        }
    }

    /// For `/health/audit`.
    func json(leaves: UInt64) -> JSONValue {
        .array(
            all.map { name, standing in
                var object: JSONObject = ["name": .string(name), "kind": .string(standing.kind)]
                object["size"] = standing.size.map { .number(JSONNumber(Int(clamping: $0))) } ?? .null
                object["behind"] = standing.size.map { size in
                    .number(JSONNumber(Int(clamping: leaves > size ? leaves - size : 0)))
                }
                object["trouble"] = standing.trouble.map { .string($0) } ?? .null
                return .object(object)
            })
    }
}
