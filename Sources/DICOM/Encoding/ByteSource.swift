/// Bytes with a position that never leaves them: each read says whether there was enough.
struct ByteSource {
    let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = min(max(position, 0), bytes.count)
    }

    var remaining: Int { bytes.count - position }

    func peekUInt16(bigEndian: Bool = false) -> UInt16? {
        guard remaining >= 2 else { return nil }
        let first = UInt16(bytes[position])
        let second = UInt16(bytes[position + 1])
        return bigEndian ? first << 8 | second : second << 8 | first
    }

    mutating func uint16(bigEndian: Bool) throws(DICOMError) -> UInt16 {
        guard let value = peekUInt16(bigEndian: bigEndian) else { throw DICOMError(.truncated, offset: position) }
        position += 2
        return value
    }

    mutating func uint32(bigEndian: Bool) throws(DICOMError) -> UInt32 {
        guard remaining >= 4 else { throw DICOMError(.truncated, offset: position) }
        let first = UInt32(try uint16(bigEndian: bigEndian))
        let second = UInt32(try uint16(bigEndian: bigEndian))
        return bigEndian ? first << 16 | second : second << 16 | first
    }

    mutating func tag(bigEndian: Bool) throws(DICOMError) -> Tag {
        guard remaining >= 4 else { throw DICOMError(.truncated, offset: position) }
        return Tag(try uint16(bigEndian: bigEndian), try uint16(bigEndian: bigEndian))
    }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(DICOMError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw DICOMError(.lengthBeyondEnd, offset: position) }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }
}
