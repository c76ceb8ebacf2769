/// Proof that a tree is the beginning of a larger one (RFC 9162 §2.1.4).
public struct ConsistencyProof: Hashable, Sendable {
    /// The size of the older tree.
    public let first: UInt64
    /// The size of the newer tree.
    public let second: UInt64
    /// The nodes from which both roots can be computed.
    public let path: [MerkleHash]

    /// A proof received from elsewhere; `verify` decides what it is worth.
    public init(first: UInt64, second: UInt64, path: [MerkleHash]) {
        self.first = first
        self.second = second
        self.path = path
    }

    /// Checks the proof (RFC 9162 §2.1.4.2).
    /// - Throws: `range` unless 0 < first ≤ second, `proof` where the path does not give both roots.
    public func verify(firstRoot: MerkleHash, secondRoot: MerkleHash) throws(MerkleLogError) {
        guard first > 0, first <= second else { throw MerkleLogError(.range, at: "sizes") }
        guard first < second else {
            guard path.isEmpty, firstRoot == secondRoot else { throw MerkleLogError(.proof, at: "root") }
            return
        }
        guard !path.isEmpty else { throw MerkleLogError(.proof, at: "path length") }
        let nodes = first.nonzeroBitCount == 1 ? [firstRoot] + path : path
        try verify(nodes, firstRoot, secondRoot)
    }

    private func verify(
        _ nodes: [MerkleHash], _ firstRoot: MerkleHash, _ secondRoot: MerkleHash
    ) throws(MerkleLogError) {
        var (old, new) = (first - 1, second - 1)
        let level = (~old).trailingZeroBitCount
        old >>= UInt64(level)
        new >>= UInt64(level)
        var (oldHash, newHash) = (nodes[0], nodes[0])
        for node in nodes.dropFirst() {
            guard new != 0 else { throw MerkleLogError(.proof, at: "path length") }
            if old & 1 == 1 || old == new {
                oldHash = .node(node, oldHash)
                newHash = .node(node, newHash)
                skipLevels(&old, &new)
            } else {
                newHash = .node(newHash, node)
            }
            old >>= 1
            new >>= 1
        }
        guard new == 0, oldHash == firstRoot, newHash == secondRoot else { throw MerkleLogError(.proof, at: "root") }
    }
}

extension MerkleTree {
    /// The proof that the first `first` leaves are the beginning of the first `second` leaves.
    /// - Throws: `range` unless 0 < first ≤ second ≤ number of leaves.
    public func consistencyProof(first: Int, second: Int) throws(MerkleLogError) -> ConsistencyProof {
        guard first > 0, first <= second, second <= leaves.count else { throw MerkleLogError(.range, at: "sizes") }
        return ConsistencyProof(
            first: UInt64(first), second: UInt64(second),
            path: Self.consistencyPath(first, leaves[..<second], isWhole: true))
    }

    private static func consistencyPath(
        _ count: Int, _ leaves: ArraySlice<MerkleHash>, isWhole: Bool
    ) -> [MerkleHash] {
        if count == leaves.count { return isWhole ? [] : [root(of: leaves)] }
        let middle = split(leaves.count)
        let (left, right) = (leaves.prefix(middle), leaves.dropFirst(middle))
        return count <= middle
            ? consistencyPath(count, left, isWhole: isWhole) + [root(of: right)]
            : consistencyPath(count - middle, right, isWhole: false) + [root(of: left)]
    }
}
