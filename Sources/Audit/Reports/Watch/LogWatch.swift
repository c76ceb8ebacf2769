public import MerkleLog

/// Follows a log as it grows and tells what somebody should look at. It keeps the tree's right edge, so that new leaves
/// are bound to all that was seen before: what was seen cannot be taken back unseen.
///
/// A value: leaf in, alerts out. Nothing that it tells names a patient.
public struct LogWatch: Sendable {
    /// The log as far as it was seen.
    public private(set) var frontier: Frontier
    /// Whether the log contradicted what was seen.
    public private(set) var isBroken = false
    /// Roots at sizes that were passed, for checkpoints that come after their leaves.
    private var roots: [UInt64: MerkleHash] = [:]
    private static let rootLimit: UInt64 = 100_000

    /// A watch that begins behind these leaves.
    public init(seen frontier: Frontier = Frontier()) {
        self.frontier = frontier
        roots[frontier.size] = frontier.root
    }

    /// Takes the next leaf.
    public mutating func add(_ entry: AuditEntry) -> [WatchAlert] {
        guard entry.index == frontier.size else {
            return [broken("a record is missing or out of its place", at: entry.index)]
        }
        frontier.append(.leaf(entry.leaf))
        roots[frontier.size] = frontier.root
        if frontier.size > Self.rootLimit { roots[frontier.size - Self.rootLimit] = nil }
        guard let header = try? LeafHeader(parsing: entry.leaf) else {
            return [broken("a record that is none", at: entry.index)]
        }
        return WatchAlert(header, index: entry.index, code: entry.record?.code).map { [$0] } ?? []
    }

    /// Compares the size of the log with what was seen of it.
    public mutating func compare(size: UInt64) -> WatchAlert? {
        guard size < frontier.size else { return nil }
        return broken("the log had \(frontier.size) records and has \(size): rolled back or cut off", at: size)
    }

    /// Compares the beginning of the log, hashed anew, with what was seen of it.
    public mutating func compare(_ beginning: Frontier) -> WatchAlert? {
        guard roots[beginning.size].map({ $0 != beginning.root }) ?? false else { return nil }
        return broken("records that were seen before were changed", at: beginning.size)
    }

    /// Compares a signed checkpoint of this log with what was seen of it; those beyond or long before tell nothing.
    public mutating func compare(_ checkpoint: Checkpoint) -> WatchAlert? {
        guard roots[checkpoint.size].map({ $0 != checkpoint.root }) ?? false else { return nil }
        return broken("a signed checkpoint tells of other records than were seen", at: checkpoint.size)
    }

    /// Something that could not even be read.
    public mutating func unreadable(_ code: String) -> WatchAlert {
        isBroken = true
        return WatchAlert(
            kind: .broken, index: frontier.size, time: nil, words: "the log is not intact, or cannot be read",
            principal: nil, code: code)
    }

    private mutating func broken(_ words: String, at index: UInt64) -> WatchAlert {
        isBroken = true
        return WatchAlert(kind: .broken, index: index, time: nil, words: words, principal: nil, code: nil)
    }
}
