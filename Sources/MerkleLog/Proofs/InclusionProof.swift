/// Proof that a leaf stands at an index of a tree (RFC 9162 §2.1.3).
public struct InclusionProof: Hashable, Sendable {
    /// The leaf's index.
    public let index: UInt64
    /// The tree's size.
    public let size: UInt64
    /// The neighbours on the way to the root, nearest first.
    public let path: [MerkleHash]

    /// A proof received from elsewhere; `verify` decides what it is worth.
    public init(index: UInt64, size: UInt64, path: [MerkleHash]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Checks the proof (RFC 9162 §2.1.3.2).
    /// - Throws: `range` for an index outside the tree, `proof` where the path does not lead from leaf to root.
    public func verify(leafHash: MerkleHash, root: MerkleHash) throws(MerkleLogError) {
        guard index < size else { throw MerkleLogError(.range, at: "index") }
        var (first, second) = (index, size - 1)
        var hash = leafHash
        for neighbour in path {
            guard second != 0 else { throw MerkleLogError(.proof, at: "path length") }
            if first & 1 == 1 || first == second {
                hash = .node(neighbour, hash)
                skipLevels(&first, &second)
            } else {
                hash = .node(hash, neighbour)
            }
            first >>= 1
            second >>= 1
        }
        guard second == 0, hash == root else { throw MerkleLogError(.proof, at: "root") }
    }
}

/// Skips the levels at which a node on the right edge has no neighbour (both verify algorithms, inner step).
func skipLevels(_ first: inout UInt64, _ second: inout UInt64) {
    while first & 1 == 0, first != 0 {
        first >>= 1
        second >>= 1
    }
}

extension MerkleTree {
    /// The proof for one leaf of the first `size` leaves.
    /// - Throws: `range`.
    public func inclusionProof(index: Int, size: Int) throws(MerkleLogError) -> InclusionProof {
        guard index >= 0, index < size, size <= leaves.count else { throw MerkleLogError(.range, at: "index") }
        return InclusionProof(index: UInt64(index), size: UInt64(size), path: Self.path(index, leaves[..<size]))
    }

    private static func path(_ index: Int, _ leaves: ArraySlice<MerkleHash>) -> [MerkleHash] {
        guard leaves.count > 1 else { return [] }
        let middle = split(leaves.count)
        let (left, right) = (leaves.prefix(middle), leaves.dropFirst(middle))
        return index < middle
            ? path(index, left) + [root(of: right)]
            : path(index - middle, right) + [root(of: left)]
    }
}
