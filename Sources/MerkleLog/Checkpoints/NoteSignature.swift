extension SignedNote {
    /// One signature line.
    public struct Signature: Hashable, Sendable {
        private static let dash = "\u{2014} "
        /// The key's name.
        public let name: String
        /// Four bytes by which the key is found.
        public let keyID: [UInt8]
        /// 64 bytes for Ed25519; other kinds of signature have other lengths.
        public let bytes: [UInt8]

        init(name: String, keyID: [UInt8], bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }

        /// Reads a line without its newline.
        /// - Throws: `note`.
        public init(line: some StringProtocol) throws(MerkleLogError) {
            guard line.hasPrefix(Self.dash) else { throw MerkleLogError(.note, at: "signature line") }
            let parts = line.dropFirst(Self.dash.count).split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, isKeyName(parts[0]), let blob = Base64.decode(parts[1]), blob.count > 4 else {
                throw MerkleLogError(.note, at: "signature line")
            }
            self.init(name: String(parts[0]), keyID: Array(blob.prefix(4)), bytes: Array(blob.dropFirst(4)))
        }

        /// Reads the signature lines with which a witness answers; each ends with a newline.
        /// - Throws: `note`.
        public static func lines(_ bytes: [UInt8]) throws(MerkleLogError) -> [Signature] {
            guard bytes.count <= SignedNote.maximumLength, let text = String(validating: bytes, as: UTF8.self),
                text.utf8.last == UInt8(ascii: "\n")
            else { throw MerkleLogError(.note, at: "encoding") }
            let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count <= SignedNote.maximumSignatures else { throw MerkleLogError(.note, at: "signatures") }
            var signatures: [Signature] = []
            for line in lines { signatures.append(try Signature(line: line)) }
            return signatures
        }

        /// `— name base64(key id ‖ signature)` without a newline.
        public var line: String { "\(Self.dash)\(name) \(Base64.encode(keyID + bytes))" }
    }
}
