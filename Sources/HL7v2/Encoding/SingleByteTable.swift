/// A character set of one byte per character whose lower half is ASCII.
struct SingleByteTable: Sendable {
    private static let replacement: UInt16 = 0xFFFD

    /// The code points of 0x80 to 0xFF; U+FFFD where the set has none.
    private let upper: [UInt16]
    private let bytes: [UInt16: UInt8]
    /// Whether some byte stands for nothing.
    let hasHoles: Bool

    private init(_ upper: [UInt16]) {
        self.upper = upper
        hasHoles = upper.contains(Self.replacement)
        var bytes: [UInt16: UInt8] = [:]
        for (index, point) in upper.enumerated() where point != Self.replacement {
            bytes[point] = UInt8(truncatingIfNeeded: index + 0x80)
        }
        self.bytes = bytes
    }

    /// Nothing above 0x7F.
    static let ascii = SingleByteTable(Array(repeating: replacement, count: 128))
    /// Every byte is its own code point.
    static let latin1 = SingleByteTable(Array(0x80...0xFF))

    /// The set that iconv knows by `name`; nil where this machine's C library does not.
    init?(iconv name: String) {
        let conversion = CharacterConversion(from: name, to: "UTF-8")
        guard conversion.isAvailable else { return nil }
        self.init(
            (UInt8(0x80)...0xFF).map { byte in
                let converted = conversion.convert([byte]).map { String(decoding: $0, as: UTF8.self) }
                return converted?.unicodeScalars.first.map { UInt16(truncatingIfNeeded: $0.value) } ?? Self.replacement
            })
    }

    func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return String(decoding: bytes, as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            guard byte >= 0x80 else {
                text.append(byte)
                continue
            }
            let point = upper[Int(byte - 0x80)]
            if point < 0x800 {
                text.append(UInt8(truncatingIfNeeded: 0xC0 | point >> 6))
            } else {
                text.append(UInt8(truncatingIfNeeded: 0xE0 | point >> 12))
                text.append(UInt8(truncatingIfNeeded: 0x80 | point >> 6 & 0x3F))
            }
            text.append(UInt8(truncatingIfNeeded: 0x80 | point & 0x3F))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether every byte stands for something.
    func defines(_ content: [UInt8]) -> Bool {
        !hasHoles || content.allSatisfy { $0 < 0x80 || upper[Int($0 - 0x80)] != Self.replacement }
    }

    func encode(_ text: String) -> [UInt8]? {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                encoded.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                guard let point = UInt16(exactly: scalar.value), let byte = bytes[point] else { return nil }
                encoded.append(byte)
            }
        }
        return encoded
    }
}
