/// Whether somebody outside is away, and when it is tried again: after pauses that double. It counts ticks of a second,
/// so that a clock that is moved changes nothing.
struct Outage: Sendable {
    static let longestPause = 300

    /// What the operator is told, once each.
    enum Change: Equatable {
        case away(code: String)
        case back
    }

    /// The code of the last failure; nil while all is well.
    private(set) var trouble: String?
    private var pause = 0
    private var failures = 0

    /// One second passes; whether it may be tried now.
    mutating func tick() -> Bool {
        guard pause > 0 else { return true }
        pause -= 1
        return false
    }

    mutating func succeeded() -> Change? {
        defer { self = Outage() }
        return trouble == nil ? nil : .back
    }

    mutating func failed(_ code: String) -> Change? {
        defer { trouble = code }
        failures = min(failures + 1, 10)
        pause = min(1 << (failures - 1), Self.longestPause) - 1
        // Another trouble than before is told: a witness that is back and refuses is not one that is away.
        return trouble == code ? nil : .away(code: code)
    }
}
