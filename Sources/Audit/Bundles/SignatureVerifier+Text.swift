public import Sealing

extension SignatureVerifier {
    /// The key in one line, as a bundle holds it: its id, a blank, its bytes in base64url.
    public var text: String { "\(id) \(Base64URL.encode(publicKey))" }

    /// Reads that line; nil for any other form and for an id that is not the key's.
    public init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64URL.decode(String(parts[1])),
            let key = try? SignatureVerifier(publicKey: bytes), key.text == text
        else { return nil }
        self = key
    }
}
