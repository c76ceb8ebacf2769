import JSON

/// What became of an order's report at one destination; kept in the order, so that each destination has a fate of its
/// own and the order knows when all of them have it.
public struct Delivery: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// Composed, and not there yet.
        case open
        case delivered
        /// The destination refuses it for good, or stayed away too long.
        case failed
        /// It was there and was marked as entered in error.
        case withdrawn
    }

    /// The destination's configured name.
    public let destination: String
    public var state: State
    /// What an HL7 v2 destination has, without the times: the same need not be sent again.
    public var digest: String?
    /// The generation of the report that was composed last, and since when there is that generation: entries from
    /// before it are about another report.
    public var generation: Int
    public var since: Timestamp?
    /// Failed tries of the entry that is under way, and the conflicts among them.
    public var failures: Int
    public var conflicts: Int

    public init(
        destination: String, state: State, digest: String? = nil, generation: Int = 0, since: Timestamp? = nil,
        failures: Int = 0, conflicts: Int = 0
    ) {
        self.destination = destination
        self.state = state
        self.digest = digest
        self.generation = generation
        self.since = since
        self.failures = failures
        self.conflicts = conflicts
    }

    /// Counts one more failure; its number is what the retry policy asks for.
    mutating func count(_ category: ErrorCategory) -> Int {
        failures += 1
        guard category == .conflict else { return failures }
        conflicts += 1
        return conflicts
    }
}

extension Delivery {
    var json: JSONValue {
        var object = JSONObject()
        object["destination"] = .string(destination)
        object["state"] = .string(state.rawValue)
        object["digest"] = digest.map { .string($0) }
        if generation > 0 { object["generation"] = .number(JSONNumber(generation)) }
        object["since"] = since.map(\.json)
        if failures > 0 { object["failures"] = .number(JSONNumber(failures)) }
        if conflicts > 0 { object["conflicts"] = .number(JSONNumber(conflicts)) }
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let destination = json["destination"]?.string,
            let state = json["state"]?.string.flatMap(State.init(rawValue:))
        else { return nil }
        self.init(
            destination: destination, state: state, digest: json["digest"]?.string,
            generation: json["generation"]?.int ?? 0, since: json["since"].flatMap(Timestamp.init(json:)),
            failures: json["failures"]?.int ?? 0, conflicts: json["conflicts"]?.int ?? 0)
    }
}
