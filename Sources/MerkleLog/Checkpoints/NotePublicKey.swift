internal import Crypto

/// A public Ed25519 key with its name and kind (C2SP signed-note, verifier keys).
struct NotePublicKey: Hashable, Sendable {
    /// The byte in front of the key, which keeps kinds of signatures apart.
    enum Kind: UInt8, Sendable {
        /// Signs note texts.
        case note = 0x01
        /// Signs cosignatures (C2SP tlog-cosignature).
        case cosignature = 0x04
    }

    let kind: Kind
    let name: String
    /// 32 bytes.
    let bytes: [UInt8]

    init(kind: Kind, name: String, trusted bytes: [UInt8]) {
        self.kind = kind
        self.name = name
        self.bytes = bytes
    }

    /// Reads `name+hex(key id)+base64(kind ‖ public key)`.
    init(kind: Kind, parsing text: String) throws(MerkleLogError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, isKeyName(parts[0]), let blob = Base64.decode(parts[2]), blob.count == 33,
            blob[0] == kind.rawValue
        else { throw MerkleLogError(.key) }
        self.init(kind: kind, name: String(parts[0]), trusted: Array(blob.dropFirst()))
        guard hexOfID == parts[1] else { throw MerkleLogError(.key, at: "key id") }
    }

    /// The first four bytes of SHA-256(name ‖ 0A ‖ kind ‖ public key).
    var id: [UInt8] { Array(SHA256.hash(data: Array(name.utf8) + [0x0a, kind.rawValue] + bytes).prefix(4)) }

    var text: String { "\(name)+\(hexOfID)+\(Base64.encode([kind.rawValue] + bytes))" }

    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }

    private var hexOfID: String { id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

/// The name of a key in a signed note: not empty, without white space and `+` (C2SP signed-note).
func isKeyName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty
        && name.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 && $0.value != 0x7f
        }
}
