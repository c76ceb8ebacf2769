/// A text with signatures below it (C2SP signed-note). The signed bytes are the text with its last newline.
public struct SignedNote: Hashable, Sendable {
    /// Limits against notes that are made to be slow.
    static let maximumLength = 65_536
    static let maximumSignatures = 100

    /// The text, which ends with a newline.
    public let text: String
    /// In the order of the lines.
    public private(set) var signatures: [Signature]

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
        self.text = text
        signatures = try Signature.lines(Array(note[note.utf8.index(after: border)...].utf8))
    }

    /// The note with further signatures below those that it has; what is there already is not repeated.
    /// - Throws: `note` for too many.
    public func adding(_ further: [Signature]) throws(MerkleLogError) -> SignedNote {
        var note = self
        for signature in further where !note.signatures.contains(signature) { note.signatures.append(signature) }
        guard note.signatures.count <= Self.maximumSignatures else { throw MerkleLogError(.note, at: "signatures") }
        return note
    }

    /// The note as a file holds it.
    public var serialized: [UInt8] {
        Array((text + "\n" + signatures.map { $0.line + "\n" }.joined()).utf8)
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
