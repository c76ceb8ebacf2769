/// Joins texts so that no two different lists give the same bytes: each is preceded by its length (32 bits, big endian).
func lengthPrefixed(_ parts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
        let text = Array(part.utf8)
        bytes += bigEndian(UInt32(truncatingIfNeeded: text.count))
        bytes += text
    }
    return bytes
}

/// The bytes of a fixed-width integer, most significant first.
func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
}
