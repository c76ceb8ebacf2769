import MerkleLog

/// All complete subtrees of a log, so that each proof costs no hashing.
///
/// Level k has the roots of subtrees of 2^k leaves; a last node without a neighbour goes up as it is, which gives the
/// tree of RFC 9162 §2.1.
struct AuditProofs {
    private var levels: [[MerkleHash]]

    init(leaves: [MerkleHash]) {
        levels = [leaves]
        while let last = levels.last, last.count > 1 {
            var next: [MerkleHash] = []
            next.reserveCapacity((last.count + 1) / 2)
            for index in stride(from: 0, to: last.count - 1, by: 2) {
                next.append(.node(last[index], last[index + 1]))
            }
            if last.count % 2 == 1 { next.append(last[last.count - 1]) }
            levels.append(next)
        }
    }

    /// How many leaves there are.
    var size: Int { levels[0].count }

    /// The root over all.
    var root: MerkleHash { levels[levels.count - 1].first ?? .empty }

    /// The neighbours of a leaf on the way to the root, nearest first.
    func path(_ index: UInt64) -> [MerkleHash] {
        var path: [MerkleHash] = []
        var place = Int(clamping: index)
        for level in levels.dropLast() {
            let neighbour = place ^ 1
            if neighbour < level.count { path.append(level[neighbour]) }
            place >>= 1
        }
        return path
    }
}
