/// The file of a crosswalk: `IGCWALK1`, 16 random bytes that name the file, then blocks of length (32 bits, big endian)
/// and sealed content (nonce ‖ ciphertext ‖ tag, AES-256-GCM).
///
/// Name and number of a block are authenticated with it: a block that is missing in the middle, moved, or of another
/// file does not open. The first block holds a fixed word, so that a wrong key is seen before anything is added. One
/// block is added for each commit and lies on the disk before it counts; what a crash left of the last one is cut off.
enum CrosswalkFormat {
    static let magic = Array("IGCWALK1".utf8)
    static let nameLength = 16
    static let maximumBlock = 256 << 20
    private static let word = Array("crosswalk".utf8)

    /// What was found in a file: its entries, how many blocks there are, and where the last whole one ends.
    struct Contents {
        var entries = CrosswalkEntries()
        var name: [UInt8] = []
        var blocks = 0
        var end = 0
    }

    /// A new file.
    static func start(name: [UInt8], _ cipher: AuthenticatedCipher) throws(SealingError) -> [UInt8] {
        magic + name + (try block(word, number: 0, name: name, cipher))
    }

    /// One block with its length.
    static func block(_ content: [UInt8], number: Int, name: [UInt8], _ cipher: AuthenticatedCipher)
        throws(SealingError) -> [UInt8]
    {
        let sealed = try cipher.seal(content, associatedData: place(number, name))
        guard sealed.count <= maximumBlock else { throw SealingError(.crosswalkUnwritable) }
        return bigEndian(UInt32(sealed.count)) + sealed
    }

    /// Reads a file. Throws `malformed` for what is no crosswalk, `notAuthentic` for another key or an altered block.
    static func read(_ bytes: [UInt8], _ cipher: AuthenticatedCipher) throws(SealingError) -> Contents {
        guard bytes.starts(with: magic), bytes.count > magic.count + nameLength else {
            throw SealingError(.malformed, at: "crosswalk")
        }
        var contents = Contents()
        contents.name = Array(bytes[magic.count..<(magic.count + nameLength)])
        contents.end = magic.count + nameLength
        while contents.end < bytes.count {
            guard let range = whole(at: contents.end, in: bytes) else {
                // The first block was on the disk before the file had its name.
                guard contents.blocks > 0 else { throw SealingError(.malformed, at: "crosswalk") }
                return contents
            }
            let content: [UInt8]
            do {
                content = try cipher.open(
                    bytes[range], associatedData: place(contents.blocks, contents.name))
            } catch {
                // A crash can leave the length of a block and not its bytes.
                let isTorn =
                    contents.blocks > 0 && range.upperBound == bytes.count
                    && bytes[range].suffix(16).allSatisfy { $0 == 0 }
                if isTorn { return contents }
                throw SealingError(.notAuthentic, at: "crosswalk")
            }
            if contents.blocks > 0 {
                try contents.entries.read(content)
            } else if content != word {
                throw SealingError(.malformed, at: "crosswalk")
            }
            contents.blocks += 1
            contents.end = range.upperBound
        }
        return contents
    }

    /// The sealed content of the block that begins here; nil where it is not whole, or was never written.
    private static func whole(at start: Int, in bytes: [UInt8]) -> Range<Int>? {
        guard start + 4 <= bytes.count else { return nil }
        let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, start + 4 + length <= bytes.count else { return nil }
        return (start + 4)..<(start + 4 + length)
    }

    private static func place(_ number: Int, _ name: [UInt8]) -> [UInt8] {
        lengthPrefixed(["crosswalk/1", Hex.encode(name), String(number)])
    }
}
