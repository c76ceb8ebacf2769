import Sealing

/// base64url(SHA-256(32 random bytes ‖ value)): says nothing about the value once the random bytes are gone.
struct Commitment: Sendable, Hashable {
    static let saltLength = 32
    /// 43 characters.
    let text: String

    init(_ value: [UInt8], salt: [UInt8]) {
        text = Digest.sha256(salt + value).base64url
    }

    /// Whether a text can be a commitment.
    static func isWellFormed(_ text: String) -> Bool { Base64URL.decode(text)?.count == 32 }
}
