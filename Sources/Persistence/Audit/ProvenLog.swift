internal import GRDB
internal import MerkleLog
internal import Synchronization

/// How far this process has hashed the log itself, and with which outside checkpoints it agreed there.
///
/// A checkpoint is signed only for a log that extends every checkpoint already published: a database that was put back
/// to an older copy may grow past them, and signing it then would hide that it was forked. Memory saves reading the log
/// again; what counts are the leaves in the file.
final class ProvenLog: Sendable {
    struct State: Sendable {
        var frontier = Frontier()
        /// Roots at the sizes of checkpoints that were compared or made.
        var roots: [UInt64: MerkleHash] = [:]
    }

    private let state = Mutex(State())

    var value: State { state.withLock { $0 } }

    func set(_ new: State) { state.withLock { $0 = new } }
}

extension ProvenLog.State {
    /// Hashes the leaves that are new, and keeps the roots at the sizes asked for.
    /// - Throws: `rolledBack` where the leaves are not those that were hashed before, or not those of the stored
    ///   frontier.
    mutating func extend(over transaction: StoreTransaction, rootsAt sizes: Set<UInt64>) throws {
        let stored = try transaction.frontier()
        if sizes.contains(where: { $0 < frontier.size && roots[$0] == nil }) { self = ProvenLog.State() }
        let kept = sizes.union([stored.size])
        roots = roots.filter { kept.contains($0.key) }
        try skipSegments(transaction, kept)
        if kept.contains(frontier.size) { roots[frontier.size] = frontier.root }
        try transaction.eachLeaf(Int64(clamping: frontier.size)..<Int64.max) { index, leaf in
            guard index == Int64(clamping: frontier.size) else { throw StoreFailure.rolledBack }
            frontier.append(.leaf(leaf))
            if kept.contains(frontier.size) { roots[frontier.size] = frontier.root }
        }
        guard frontier == stored else { throw StoreFailure.rolledBack }
    }

    /// Segments that no root is asked of were hashed when they were written: the roots behind them show whether what is
    /// remembered of them is true, so that they need not be at hand while the gateway runs.
    private mutating func skipSegments(_ transaction: StoreTransaction, _ kept: Set<UInt64>) throws {
        for segment in try transaction.segments() {
            let start = frontier.size
            guard start < segment.frontier.size else { continue }
            guard !kept.contains(where: { start < $0 && $0 < segment.frontier.size }) else { return }
            frontier = segment.frontier
            if kept.contains(frontier.size) { roots[frontier.size] = frontier.root }
        }
    }
}
