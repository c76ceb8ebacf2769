/// A text with signatures below it (C2SP signed-note). The signed bytes are the text with its last newline.
public struct SignedNote: Hashable, Sendable {
    /// One signature line.
    public struct Signature: Hashable, Sendable {
        /// The key's name.
        public let name: String
        /// Four bytes by which the key is found.
        public let keyID: [UInt8]
        /// 64 bytes for Ed25519; other kinds of signature have other lengths.
        public let bytes: [UInt8]
    }

    /// Limits against notes that are made to be slow.
    static let maximumLength = 65_536
    static let maximumSignatures = 100
    private static let dash = "\u{2014} "

    /// The text, which ends with a newline.
    public let text: String
    /// In the order of the lines.
    public let signatures: [Signature]

    /// Signs a text.
    /// - Throws: `note` for a text that a note cannot carry, `signature` where signing fails.
    public init(text: String, signedBy key: SigningKey) throws(MerkleLogError) {
        guard Self.isNoteText(text) else { throw MerkleLogError(.note, at: "text") }
        let signature = try key.signature(of: Array(text.utf8))
        self.text = text
        signatures = [Signature(name: key.name, keyID: key.verifier.id, bytes: signature)]
    }

    /// Reads a note: text, blank line, at least one signature line.
    /// - Throws: `note`.
    public init(parsing bytes: [UInt8]) throws(MerkleLogError) {
        guard bytes.count <= Self.maximumLength, let note = String(validating: bytes, as: UTF8.self) else {
            throw MerkleLogError(.note, at: "encoding")
        }
        // The text may hold blank lines itself: the last one separates.
        guard let border = note.utf8.lastBlankLine else { throw MerkleLogError(.note, at: "blank line") }
        let text = String(note[..<border])
        guard Self.isNoteText(text), note.utf8.last == UInt8(ascii: "\n") else {
            throw MerkleLogError(.note, at: "text")
        }
        let lines = note[note.utf8.index(after: border)...].dropLast()
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumSignatures else { throw MerkleLogError(.note, at: "signatures") }
        self.text = text
        var signatures: [Signature] = []
        for line in lines { signatures.append(try Self.signature(of: line)) }
        self.signatures = signatures
    }

    /// The note as a file holds it.
    public var serialized: [UInt8] {
        let lines = signatures.map { "\(Self.dash)\($0.name) \(Base64.encode($0.keyID + $0.bytes))\n" }
        return Array((text + "\n" + lines.joined()).utf8)
    }

    /// Passes where a signature of this key is there and right; signatures of other keys are not looked at.
    /// - Throws: `signature`.
    public func verify(_ key: VerifierKey) throws(MerkleLogError) {
        let id = key.id
        let own = signatures.filter { $0.name == key.name && $0.keyID == id }
        guard !own.isEmpty else { throw MerkleLogError(.signature, at: "missing") }
        let signed = Array(text.utf8)
        guard own.allSatisfy({ key.isValid($0.bytes, of: signed) }) else { throw MerkleLogError(.signature) }
    }

    private static func isNoteText(_ text: String) -> Bool {
        text.utf8.last == UInt8(ascii: "\n") && text.utf8.count <= maximumLength
            && text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }
    }

    private static func signature(of line: Substring) throws(MerkleLogError) -> Signature {
        guard line.hasPrefix(dash) else { throw MerkleLogError(.note, at: "signature line") }
        let parts = line.dropFirst(dash.count).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, isKeyName(parts[0]), let blob = Base64.decode(parts[1]), blob.count > 4 else {
            throw MerkleLogError(.note, at: "signature line")
        }
        return Signature(name: String(parts[0]), keyID: Array(blob.prefix(4)), bytes: Array(blob.dropFirst(4)))
    }
}

extension String.UTF8View {
    /// The index of the second newline of the last pair of newlines.
    fileprivate var lastBlankLine: Index? {
        var position = endIndex
        var following: UInt8 = 0
        while position > startIndex {
            let current = index(before: position)
            if self[current] == 0x0a, following == 0x0a { return position }
            following = self[current]
            position = current
        }
        return nil
    }
}
