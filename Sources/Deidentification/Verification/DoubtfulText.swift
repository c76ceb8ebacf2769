/// What a text may say where its character set is wrong or unknown: other elements of the same file can be right.
enum DoubtfulText {
    /// Longer values are no names and no numbers.
    private static let longest = 4096

    /// The values that bytes may be: as UTF-8 and as Latin-1, of which other single-byte sets are another spelling.
    static func readings(of bytes: [UInt8]) -> [String] {
        let bytes = Array(bytes.prefix(longest)).filter { $0 != 0 }
        guard !bytes.isEmpty else { return [] }
        let texts = [String(validating: bytes, as: UTF8.self), latin1(bytes)].compactMap(\.self)
        return texts.flatMap { $0.split(separator: "\\").map(String.init) }
    }

    /// A decoded value, and what it is if it was UTF-8 in the place of Latin-1.
    static func readings(of value: String) -> [String] {
        guard !value.utf8.allSatisfy({ $0 < 0x80 }), value.unicodeScalars.count <= longest,
            value.unicodeScalars.allSatisfy({ $0.value < 0x100 })
        else { return [value] }
        let bytes = value.unicodeScalars.map { UInt8($0.value) }
        return [value] + [String(validating: bytes, as: UTF8.self)].compactMap(\.self)
    }

    /// The bytes as they are, of each the character with its number.
    static func whole(_ bytes: [UInt8]) -> String { latin1(Array(bytes.prefix(longest))) }

    private static func latin1(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
        return String(scalars)
    }
}
