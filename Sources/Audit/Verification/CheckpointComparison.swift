import MerkleLog

/// The checkpoints with which a log is compared while it is read, sorted by how often the log was restored and by size.
struct CheckpointComparison: Sendable {
    private struct Signed: Sendable {
        let checkpoint: Checkpoint
        let held: HeldCheckpoint
    }

    /// By number of the origin, smallest size last.
    private var pending: [UInt64: [Signed]]
    private var epoch: UInt64 = 1
    /// Those that are no checkpoints of this log.
    let refused: [AuditProblem]
    private(set) var lastOutside: Checkpoint?

    init(keys: LogKeys, held: [HeldCheckpoint]) {
        var signed: [Signed] = []
        var refused: [AuditProblem] = []
        for held in held {
            if held.note.isEmpty {
                refused.append(AuditProblem(.checkpointUnreadable, at: held.name))
                continue
            }
            do {
                signed.append(Signed(checkpoint: try keys.checkpoint(note: held.note), held: held))
            } catch {
                let isOther = error == MerkleLogError(.key, at: "origin")
                refused.append(
                    AuditProblem(isOther ? .checkpointLogMismatch : .checkpointSignatureInvalid, at: held.name))
            }
        }
        self.refused = refused
        pending = Dictionary(
            grouping: signed.sorted { $0.checkpoint.size > $1.checkpoint.size },
            by: { LogOrigin($0.checkpoint.origin).epoch })
    }

    /// Whether a checkpoint of this size waits.
    func isDue(at size: UInt64) -> Bool { pending[epoch]?.last?.checkpoint.size == size }

    /// Compares every checkpoint of the size that has been reached.
    mutating func compare(size: UInt64, root: MerkleHash) -> [AuditProblem] {
        var problems: [AuditProblem] = []
        while let signed = pending[epoch]?.last, signed.checkpoint.size == size {
            pending[epoch]?.removeLast()
            if signed.checkpoint.root != root {
                problems.append(AuditProblem(.checkpointInconsistent, index: size, at: signed.held.name))
            } else if signed.held.keeper == .outside {
                lastOutside = signed.checkpoint
            }
        }
        return problems
    }

    /// The log goes on under a later origin: what earlier ones promise beyond this size is lost.
    /// - Returns: the problems, and how many records are known to be lost.
    mutating func enter(_ next: UInt64, size: UInt64) -> (problems: [AuditProblem], records: UInt64) {
        var (problems, records) = ([AuditProblem](), UInt64(0))
        for passed in pending.keys.filter({ $0 < next }).sorted() {
            // The largest one tells of all; a passed origin of which no leaf is left lost at least one.
            if let largest = pending[passed]?.first {
                let count = largest.checkpoint.size > size ? largest.checkpoint.size - size : 1
                records = max(records, count)
                problems.append(
                    AuditProblem(.recordsLost, index: size, at: "\(largest.held.name), at least \(count) records"))
            }
            pending[passed] = nil
        }
        epoch = next
        // Its first leaf stands behind this size.
        for signed in pending[next]?.filter({ $0.checkpoint.size <= size }) ?? [] {
            problems.append(
                AuditProblem(.checkpointInconsistent, index: signed.checkpoint.size, at: signed.held.name))
        }
        pending[next]?.removeAll { $0.checkpoint.size <= size }
        return (problems, records)
    }

    /// Leaves before this size were not read: what tells of smaller sizes is not compared.
    mutating func skip(to size: UInt64) { pending[epoch]?.removeAll { $0.checkpoint.size < size } }

    /// Checkpoints larger than the whole log, smallest first.
    func unreached(size: UInt64) -> [AuditProblem] {
        pending.sorted { $0.key < $1.key }.flatMap { $0.value.reversed() }
            .map { AuditProblem(.truncated, index: size, at: $0.held.name) }
    }
}
