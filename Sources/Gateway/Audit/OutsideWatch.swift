import Logging
import Synchronization

/// Whether the gateway may take work: closed by the watch over checkpoints outside, open without one.
final class IntakeGate: Sendable {
    private let trouble = Mutex<String?>(nil)

    /// The code of what keeps the gate closed.
    var closedBy: String? { trouble.withLock { $0 } }

    func set(_ code: String?) { trouble.withLock { $0 = code } }
}

/// The rule `audit.stopWithoutCheckpoint`: too many records, or records for too long, of which no place outside has a
/// checkpoint. It counts looks, one a second, so that a clock that is moved changes nothing.
final class OutsideWatch: Sendable {
    static let code = "audit.noCheckpointOutside"

    private struct State {
        /// What is known to be outside; what lay there before this process began is not known, and not asked for.
        var covered: UInt64?
        var secondsBehind = 0
    }

    private let mostRecords: UInt64
    private let longest: Int
    private let standings: PlaceStandings
    private let gate: IntakeGate
    private let logger: Logger
    private let state = Mutex(State())

    /// - Returns: nil where the configuration does not ask for it.
    init?(_ section: AuditSection, standings: PlaceStandings, gate: IntakeGate, logger: Logger) {
        guard section.mostRecordsWithoutCheckpoint != nil || section.longestWithoutCheckpoint != nil else {
            return nil
        }
        mostRecords = section.mostRecordsWithoutCheckpoint.map { UInt64($0) } ?? .max
        longest = section.longestWithoutCheckpoint.map { Int($0.components.seconds) } ?? .max
        self.standings = standings
        self.gate = gate
        self.logger = logger
    }

    /// One second passes.
    func look(leaves: UInt64) {
        let isTooLong = state.withLock { state in
            let covered = max(standings.newest ?? 0, state.covered ?? leaves)
            state.secondsBehind = covered < leaves && covered == state.covered ? state.secondsBehind + 1 : 0
            state.covered = covered
            return leaves > covered && (leaves - covered >= mostRecords || state.secondsBehind >= longest)
        }
        guard isTooLong != (gate.closedBy != nil) else { return }
        gate.set(isTooLong ? Self.code : nil)
        if isTooLong {
            logger.critical(
                "no place outside gets checkpoints: the gateway stops reading from peers, as configured",
                metadata: ["code": "\(Self.code)"])
        } else {
            logger.notice("a place outside has a checkpoint again: the gateway goes on reading from peers")
        }
    }
}
