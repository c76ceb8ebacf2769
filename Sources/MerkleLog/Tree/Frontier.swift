/// The right edge of a tree: the roots of its complete subtrees, largest first (a compact range that starts at 0).
/// It is all that is needed to append leaves and to know the root, and is small enough for one table row.
public struct Frontier: Hashable, Sendable {
    /// How many leaves the tree has.
    public private(set) var size: UInt64 = 0
    /// One root per bit that is set in `size`, most significant bit first.
    public private(set) var hashes: [MerkleHash] = []

    /// The frontier of the empty tree.
    public init() {}

    /// Adds one leaf at index `size`.
    public mutating func append(_ leafHash: MerkleHash) {
        var hash = leafHash
        for _ in 0..<(~size).trailingZeroBitCount {
            hash = MerkleHash.node(hashes.removeLast(), hash)
        }
        hashes.append(hash)
        size += 1
    }

    /// The tree's root (RFC 9162 §2.1.1).
    public var root: MerkleHash {
        guard let last = hashes.last else { return .empty }
        return hashes.dropLast().reversed().reduce(last) { MerkleHash.node($1, $0) }
    }

    /// The size (64 bits, big endian) followed by the hashes.
    public var serialized: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: size >> UInt64($0)) }
            + hashes.flatMap(\.bytes)
    }

    /// Reads what `serialized` wrote.
    /// - Throws: `frontier` unless there is exactly one hash per bit that is set in the size.
    public init(parsing bytes: [UInt8]) throws(MerkleLogError) {
        guard bytes.count >= 8 else { throw MerkleLogError(.frontier) }
        let size = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard bytes.count == 8 + size.nonzeroBitCount * MerkleHash.length else { throw MerkleLogError(.frontier) }
        self.size = size
        hashes = stride(from: 8, to: bytes.count, by: MerkleHash.length).map {
            MerkleHash(trusted: bytes[$0..<($0 + MerkleHash.length)])
        }
    }
}
