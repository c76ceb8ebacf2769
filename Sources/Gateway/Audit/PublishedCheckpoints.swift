public import Audit
import Foundation
public import MerkleLog
public import Persistence

/// The checkpoints that lie outside, for somebody who compares them with a log as it grows: each file is verified once,
/// with the key of its size and under the name that the log had then.
public struct PublishedCheckpoints {
    private static let suffix = ".checkpoint"
    private static let sizeLimit = 65_536

    private let outside: [CheckpointFolder]
    private let inside: CheckpointFolder
    private let anchor: VerifierKey
    /// Where the log went on under a new name.
    private var restorations: [(size: UInt64, origin: String)]
    private var compared: Set<String> = []

    /// - Parameters:
    ///   - inside: the folder inside the data folder, which has all handovers.
    ///   - anchor: the key that the reader trusts.
    ///   - restorations: where the log went on under a new name, as a verification found it.
    public init(
        outside: [CheckpointFolder], inside: String, anchor: VerifierKey,
        restorations: [(size: UInt64, origin: String)] = []
    ) {
        self.outside = outside
        self.inside = CheckpointFolder(path: inside, keeper: .inside)
        self.anchor = anchor
        self.restorations = restorations
    }

    /// Takes notice of a leaf: from a restore on, the log has another name.
    public mutating func note(_ entry: AuditEntry) {
        guard let header = try? LeafHeader(parsing: entry.leaf), header.event == AuditEventType.logRestored.rawValue
        else { return }
        restorations.append((entry.index, header.log))
    }

    /// The checkpoints over at most so many leaves that were not given before.
    ///
    /// A file that no key of the log signed counts for nothing, and is looked at again: its handover may come later.
    public mutating func fresh(upTo size: UInt64) -> [Checkpoint] {
        let keys = keys
        var found: [Checkpoint] = []
        for folder in outside {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where name.hasSuffix(Self.suffix) {
                let path = "\(folder.path)/\(name)"
                guard !compared.contains(path), let data = FileManager.default.contents(atPath: path),
                    data.count <= Self.sizeLimit, let checkpoint = try? keys.checkpoint(note: Array(data)),
                    checkpoint.size <= size
                else { continue }
                compared.insert(path)
                if isOfThisLog(checkpoint) { found.append(checkpoint) }
            }
        }
        return found.sorted { $0.size < $1.size }
    }

    /// Everything is given once more.
    public mutating func forget() { compared = [] }

    /// Handovers that contradict each other leave the key that the reader trusts.
    private var keys: LogKeys {
        let notes = ([inside] + outside).flatMap { $0.handovers() }
        return (try? LogKeys(anchor: anchor, handovers: notes)) ?? LogKeys(anchor: anchor)
    }

    /// What was signed under an earlier name over records that a declared restore lost is told by the verification.
    private func isOfThisLog(_ checkpoint: Checkpoint) -> Bool {
        let epoch = LogOrigin(checkpoint.origin).epoch
        return !restorations.contains { LogOrigin($0.origin).epoch > epoch && $0.size < checkpoint.size }
    }
}
