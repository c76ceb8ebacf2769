internal import Crypto

/// A node of the tree: SHA-256 with the prefixes of RFC 9162 §2.1.1, which keep leaves and inner nodes apart.
/// The 32 bytes stand in the value itself: a log of a million leaves makes two million of them.
public struct MerkleHash: Hashable, Sendable, CustomStringConvertible {
    private let words: HashWords

    /// The length in bytes.
    public static let length = 32

    /// - Throws: `hash` unless there are 32 bytes.
    public init(bytes: [UInt8]) throws(MerkleLogError) {
        guard bytes.count == Self.length else { throw MerkleLogError(.hash) }
        self.init(trusted: bytes)
    }

    /// - Throws: `hash` unless the text is 64 hexadecimal digits.
    public init(hex: String) throws(MerkleLogError) {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }
        guard digits.count == Self.length * 2, hex.utf8.count == digits.count else { throw MerkleLogError(.hash) }
        self.init(trusted: stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// Of 32 bytes; missing ones count as zero.
    init(trusted bytes: some Sequence<UInt8>) { words = HashWords(bytes) }

    private init(_ digest: SHA256Digest) { words = unsafe digest.withUnsafeBytes { unsafe HashWords(raw: $0) } }

    /// The 32 bytes.
    public var bytes: [UInt8] { words.bytes }

    /// The hash of a leaf: SHA-256(00 ‖ entry).
    public static func leaf(_ entry: [UInt8]) -> MerkleHash { leaf(entry[...]) }

    /// The hash of a leaf that is a part of an array.
    public static func leaf(_ entry: ArraySlice<UInt8>) -> MerkleHash {
        var hasher = SHA256()
        unsafe withUnsafeBytes(of: UInt8(0x00)) { unsafe hasher.update(bufferPointer: $0) }
        unsafe entry.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        return MerkleHash(hasher.finalize())
    }

    /// The hash of an inner node: SHA-256(01 ‖ left ‖ right).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var hasher = SHA256()
        unsafe withUnsafeTemporaryAllocation(byteCount: 1 + 2 * length, alignment: 1) { message in
            unsafe message.storeBytes(of: 0x01, as: UInt8.self)
            unsafe message.storeBytes(of: left.words, toByteOffset: 1, as: HashWords.self)
            unsafe message.storeBytes(of: right.words, toByteOffset: 1 + length, as: HashWords.self)
            unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer(message))
        }
        return MerkleHash(hasher.finalize())
    }

    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let empty = MerkleHash(SHA256().finalize())

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Standard base64 with padding, as in a checkpoint.
    public var base64: String { Base64.encode(bytes) }

    /// - Throws: `hash` unless the text is the standard base64 of 32 bytes.
    public init(base64 text: some StringProtocol) throws(MerkleLogError) {
        guard let bytes = Base64.decode(text) else { throw MerkleLogError(.hash) }
        try self.init(bytes: bytes)
    }

    /// The hexadecimal digits.
    public var description: String { hex }
}

/// 32 bytes in four words, in memory as they are written.
private struct HashWords: Hashable, Sendable, BitwiseCopyable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    var fourth: UInt64 = 0

    /// Safe: only as many bytes are copied as both sides have.
    init(raw: UnsafeRawBufferPointer) {
        unsafe withUnsafeMutableBytes(of: &self) { target in
            unsafe target.copyBytes(from: raw.prefix(MerkleHash.length))
        }
    }

    init(_ bytes: some Sequence<UInt8>) {
        unsafe withUnsafeMutableBytes(of: &self) { target in
            for (index, byte) in zip(target.indices, bytes) { unsafe target[index] = byte }
        }
    }

    var bytes: [UInt8] { unsafe withUnsafeBytes(of: self) { unsafe Array($0) } }
}
