internal import Crypto

/// A SHA-256 digest (FIPS 180-4).
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// A digest read from elsewhere; nil unless it has 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// A digest from 64 hexadecimal digits.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The digest of a whole byte string.
    public static func sha256(_ bytes: [UInt8]) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// Lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// base64url without padding.
    public var base64url: String { Base64URL.encode(bytes) }

    /// The hexadecimal digits.
    public var description: String { hex }
}

/// SHA-256 over bytes that arrive in pieces. A copy continues on its own.
public struct SHA256Hasher: Sendable {
    private var state = SHA256()

    /// A hasher that has seen nothing.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) { state.update(data: bytes) }

    /// Adds a part of an array.
    public mutating func update(_ bytes: ArraySlice<UInt8>) { state.update(data: bytes) }

    /// The digest of everything added so far; more may follow.
    public func finalize() -> Digest { Digest(trusted: Array(state.finalize())) }
}
