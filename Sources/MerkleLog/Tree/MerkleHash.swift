internal import Crypto

/// A node of the tree: SHA-256 with the prefixes of RFC 9162 §2.1.1, which keep leaves and inner nodes apart.
public struct MerkleHash: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The length in bytes.
    public static let length = 32

    /// - Throws: `hash` unless there are 32 bytes.
    public init(bytes: [UInt8]) throws(MerkleLogError) {
        guard bytes.count == Self.length else { throw MerkleLogError(.hash) }
        self.bytes = bytes
    }

    /// - Throws: `hash` unless the text is 64 hexadecimal digits.
    public init(hex: String) throws(MerkleLogError) {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }
        guard digits.count == Self.length * 2, hex.utf8.count == digits.count else { throw MerkleLogError(.hash) }
        bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// The hash of a leaf: SHA-256(00 ‖ entry).
    public static func leaf(_ entry: [UInt8]) -> MerkleHash {
        var hasher = SHA256()
        hasher.update(data: [0x00])
        hasher.update(data: entry)
        return MerkleHash(trusted: Array(hasher.finalize()))
    }

    /// The hash of an inner node: SHA-256(01 ‖ left ‖ right).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var hasher = SHA256()
        hasher.update(data: [0x01])
        hasher.update(data: left.bytes)
        hasher.update(data: right.bytes)
        return MerkleHash(trusted: Array(hasher.finalize()))
    }

    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let empty = MerkleHash(trusted: Array(SHA256().finalize()))

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Standard base64 with padding, as in a checkpoint.
    public var base64: String { Base64.encode(bytes) }

    /// The hexadecimal digits.
    public var description: String { hex }
}
