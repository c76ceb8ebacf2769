import Testing

@testable import MerkleLog

@Suite struct MerkleTreeTests {
    let vectors: Vectors

    init() throws { vectors = try Vectors.load() }

    @Test func `Roots of sizes 0 to 8, from the leaves and step by step (RFC 9162 §2.1.1)`() throws {
        var frontier = Frontier()
        for size in 0...8 {
            let expected = try MerkleHash(hex: #require(vectors.roots[String(size)]))
            #expect(frontier.root == expected)
            #expect(frontier.size == UInt64(size))
            #expect(MerkleTree(leaves: Array(vectors.leafHashes.prefix(size))).root == expected)
            if size < 8 { frontier.append(vectors.leafHashes[size]) }
        }
    }

    @Test func `Every inclusion proof is made and verified as in the vectors (RFC 9162 §2.1.3)`() throws {
        let tree = MerkleTree(leaves: vectors.leafHashes)
        #expect(vectors.inclusion.count == 36)
        for vector in vectors.inclusion {
            let proof = try tree.inclusionProof(index: vector.index, size: vector.size)
            #expect(proof.path.map(\.hex) == vector.path)
            let root = try MerkleHash(hex: #require(vectors.roots[String(vector.size)]))
            try proof.verify(leafHash: tree.leaves[vector.index], root: root)
        }
    }

    @Test func `Every consistency proof is made and verified as in the vectors (RFC 9162 §2.1.4)`() throws {
        let tree = MerkleTree(leaves: vectors.leafHashes)
        #expect(vectors.consistency.count == 36)
        for vector in vectors.consistency {
            let proof = try tree.consistencyProof(first: vector.first, second: vector.second)
            #expect(proof.path.map(\.hex) == vector.path)
            try proof.verify(
                firstRoot: MerkleHash(hex: #require(vectors.roots[String(vector.first)])),
                secondRoot: MerkleHash(hex: #require(vectors.roots[String(vector.second)])))
        }
    }

    @Test func `Proofs of all trees up to size 40 verify, and any change makes them fail`() throws {
        let leaves = (0..<40).map { MerkleHash.leaf([UInt8($0)]) }
        let tree = MerkleTree(leaves: leaves)
        let roots = (0...40).map { MerkleTree.root(of: leaves[..<$0]) }
        let wrong = MerkleHash.leaf([0xff, 0xff])
        for size in 1...40 {
            for index in 0..<size {
                let proof = try tree.inclusionProof(index: index, size: size)
                try proof.verify(leafHash: leaves[index], root: roots[size])
                #expect(throws: MerkleLogError.self) { try proof.verify(leafHash: wrong, root: roots[size]) }
                for altered in alterations(of: proof.path, with: wrong) {
                    let proof = InclusionProof(index: UInt64(index), size: UInt64(size), path: altered)
                    #expect(throws: MerkleLogError.self) {
                        try proof.verify(leafHash: leaves[index], root: roots[size])
                    }
                }
            }
            for first in 1...size {
                let proof = try tree.consistencyProof(first: first, second: size)
                try proof.verify(firstRoot: roots[first], secondRoot: roots[size])
                #expect(throws: MerkleLogError.self) { try proof.verify(firstRoot: wrong, secondRoot: roots[size]) }
                #expect(throws: MerkleLogError.self) { try proof.verify(firstRoot: roots[first], secondRoot: wrong) }
                for altered in alterations(of: proof.path, with: wrong) {
                    let proof = ConsistencyProof(first: UInt64(first), second: UInt64(size), path: altered)
                    #expect(throws: MerkleLogError.self) {
                        try proof.verify(firstRoot: roots[first], secondRoot: roots[size])
                    }
                }
            }
        }
    }

    /// Longer by one, shorter by one, each element replaced.
    private func alterations(of path: [MerkleHash], with wrong: MerkleHash) -> [[MerkleHash]] {
        var altered = [path + [wrong]]
        if !path.isEmpty { altered.append(Array(path.dropLast())) }
        for index in path.indices {
            var changed = path
            changed[index] = wrong
            altered.append(changed)
        }
        return altered
    }

    @Test func `Indexes and sizes outside the tree are refused`() {
        let tree = MerkleTree(leaves: vectors.leafHashes)
        #expect(throws: MerkleLogError(.range, at: "index")) { try tree.inclusionProof(index: 8, size: 8) }
        #expect(throws: MerkleLogError(.range, at: "index")) { try tree.inclusionProof(index: 0, size: 9) }
        #expect(throws: MerkleLogError(.range, at: "sizes")) { try tree.consistencyProof(first: 0, second: 3) }
        #expect(throws: MerkleLogError(.range, at: "sizes")) { try tree.consistencyProof(first: 4, second: 3) }
        #expect(throws: MerkleLogError(.range, at: "index")) {
            try InclusionProof(index: 3, size: 3, path: []).verify(leafHash: .empty, root: .empty)
        }
        #expect(throws: MerkleLogError(.range, at: "sizes")) {
            try ConsistencyProof(first: 0, second: 3, path: []).verify(firstRoot: .empty, secondRoot: .empty)
        }
    }

    @Test func `A leaf cannot be passed off as a node: the prefixes differ`() {
        let (left, right) = (MerkleHash.leaf([1]), MerkleHash.leaf([2]))
        #expect(MerkleHash.leaf(left.bytes + right.bytes) != MerkleHash.node(left, right))
    }
}

@Suite struct FrontierTests {
    @Test func `A frontier goes on after it was stored, at every size up to 130`() throws {
        var (frontier, leaves) = (Frontier(), [MerkleHash]())
        for number in 0..<130 {
            frontier = try Frontier(parsing: frontier.serialized)
            leaves.append(.leaf([UInt8(number)]))
            frontier.append(leaves[number])
            #expect(frontier.root == MerkleTree.root(of: leaves[...]))
            #expect(frontier.hashes.count == frontier.size.nonzeroBitCount)
        }
    }

    @Test func `A stored frontier of the wrong length is refused`() {
        var frontier = Frontier()
        for number in 0..<5 { frontier.append(.leaf([UInt8(number)])) }
        let bytes = frontier.serialized
        for wrong in [[], Array(bytes.dropLast()), bytes + [0], Array(bytes.prefix(8)), [0, 0]] {
            #expect(throws: MerkleLogError(.frontier)) { try Frontier(parsing: wrong) }
        }
    }

    @Test func `Mutated frontiers and verifier keys are refused or are themselves whole (seeded)`() throws {
        var frontier = Frontier()
        for number in 0..<11 { frontier.append(.leaf([UInt8(number)])) }
        let text = try SigningKey(name: "log", seed: [UInt8](repeating: 5, count: 32)).verifier.text
        let seed = UInt64(20_261_123)
        var generator = SeededGenerator(state: seed)
        for round in 0..<3_000 {
            var bytes = frontier.serialized
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            if Bool.random(using: &generator) { bytes.removeSubrange(index...) }
            let read = try? Frontier(parsing: bytes)
            #expect(read == nil || read?.serialized == bytes, "seed \(seed), round \(round)")
            var key = Array(text.utf8)
            key[Int.random(in: 0..<key.count, using: &generator)] = UInt8.random(in: 0x20...0x7e, using: &generator)
            let mutated = String(decoding: key, as: UTF8.self)
            let verifier = try? VerifierKey(parsing: mutated)
            #expect(verifier == nil || verifier?.text == mutated && mutated == text, "seed \(seed), round \(round)")
        }
    }

    @Test func `A hash is 32 bytes or 64 digits`() throws {
        #expect(throws: MerkleLogError(.hash)) { try MerkleHash(bytes: [1]) }
        #expect(throws: MerkleLogError(.hash)) { try MerkleHash(hex: "00") }
        #expect(throws: MerkleLogError(.hash)) { try MerkleHash(hex: String(repeating: "é", count: 64)) }
        #expect(try MerkleHash(hex: MerkleHash.empty.hex) == .empty)
    }
}
