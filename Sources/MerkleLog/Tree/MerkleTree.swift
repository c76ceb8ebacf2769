/// A tree over leaf hashes that are all at hand, for making proofs.
public struct MerkleTree: Sendable {
    /// The leaf hashes in order.
    public let leaves: [MerkleHash]

    /// A tree over these leaf hashes.
    public init(leaves: [MerkleHash]) { self.leaves = leaves }

    /// The root of the whole tree.
    public var root: MerkleHash { Self.root(of: leaves[...]) }

    static func root(of leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        var frontier = Frontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    /// The largest power of two below `count`, which must be at least 2: where RFC 9162 splits a tree.
    static func split(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }
}
