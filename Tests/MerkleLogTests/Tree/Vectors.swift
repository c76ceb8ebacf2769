import Foundation

@testable import MerkleLog

/// `Vectors/rfc6962-vectors.json`: all roots and proofs of trees up to size 8, computed for this project with another
/// program (hashing of RFC 6962 §2.1, the leaves of the certificate-transparency tests).
struct Vectors: Decodable {
    struct Inclusion: Decodable {
        let index: Int
        let size: Int
        let path: [String]
    }
    struct Consistency: Decodable {
        let first: Int
        let second: Int
        let path: [String]
    }
    let leaves_hex: [String]
    let roots: [String: String]
    let inclusion: [Inclusion]
    let consistency: [Consistency]

    struct Missing: Error {}

    static func load() throws -> Vectors {
        guard
            let url = Bundle.module.url(forResource: "rfc6962-vectors", withExtension: "json", subdirectory: "Vectors")
        else { throw Missing() }
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url))
    }

    var leafHashes: [MerkleHash] {
        leaves_hex.map { hex in
            let digits = hex.compactMap { $0.hexDigitValue }
            return MerkleHash.leaf(
                stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
