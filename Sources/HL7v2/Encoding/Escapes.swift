/// Escape sequences (HL7 v2.5.1 §2.7). A message is cut at its raw delimiters first and each leaf is unescaped last,
/// so that `\X0D\` never makes a segment.
enum Escapes {
    /// The most blank lines or spaces that one formatting command may ask for.
    private static let longestRun = 99

    /// The bytes that `leaf` stands for. Unknown and unterminated sequences stay as they are.
    static func decode(_ leaf: ArraySlice<UInt8>, _ delimiters: Delimiters) -> [UInt8] {
        guard let escape = delimiters.escape, leaf.contains(escape) else { return Array(leaf) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(leaf.count)
        var rest = leaf
        while let start = rest.firstIndex(of: escape) {
            decoded += rest[..<start]
            let body = rest[(start + 1)...]
            guard let end = body.firstIndex(of: escape) else {
                return decoded + rest[start...]
            }
            if let meaning = meaning(of: body[..<end], delimiters) {
                decoded += meaning
                rest = rest[(end + 1)...]
            } else {
                decoded.append(escape)
                rest = body
            }
        }
        return decoded + rest
    }

    /// `text` with the delimiters escaped, and everything outside printable ASCII as hexadecimal bytes.
    static func encode(_ text: String, _ delimiters: Delimiters) -> [UInt8] {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if let row = delimiters.escapeLetters.first(where: { $0.delimiter == byte }) {
                guard let escape = delimiters.escape else {
                    encoded.append(UInt8(ascii: " "))
                    continue
                }
                encoded += [escape, row.letter, escape]
            } else if (0x20...0x7E).contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "?"))
            }
        }
        return encoded
    }

    /// What the sequence between two escape characters stands for; nil if it is none that we know.
    private static func meaning(of body: ArraySlice<UInt8>, _ delimiters: Delimiters) -> [UInt8]? {
        guard let letter = body.first else { return nil }
        let rest = body.dropFirst()
        switch letter {
        case UInt8(ascii: "X"): return hexadecimal(rest)
        case UInt8(ascii: "H") where rest.isEmpty, UInt8(ascii: "N") where rest.isEmpty: return []
        case UInt8(ascii: "."): return formatting(rest)
        default:
            guard rest.isEmpty else { return nil }
            return delimiters.escapeLetters.first { $0.letter == letter }.map { [$0.delimiter] }
        }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = hexadecimalValue(digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The formatting commands of FT (§2.7.6), which peers put into every text type.
    private static func formatting(_ command: ArraySlice<UInt8>) -> [UInt8]? {
        guard command.count >= 2 else { return nil }
        let name = command.prefix(2)
        let argument = command.dropFirst(2)
        let lineFeed = UInt8(ascii: "\n")
        func run(of byte: UInt8) -> [UInt8]? {
            guard !argument.isEmpty else { return [byte] }
            guard let count = decimal(argument) else { return nil }
            return Array(repeating: byte, count: min(count, longestRun))
        }
        if name.elementsEqual("br".utf8) || name.elementsEqual("ce".utf8) { return argument.isEmpty ? [lineFeed] : nil }
        if name.elementsEqual("sp".utf8) { return run(of: lineFeed) }
        if name.elementsEqual("sk".utf8) { return run(of: UInt8(ascii: " ")) }
        if name.elementsEqual("fi".utf8) || name.elementsEqual("nf".utf8) { return argument.isEmpty ? [] : nil }
        if name.elementsEqual("in".utf8) || name.elementsEqual("ti".utf8) { return [] }
        return nil
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        let unsigned = digits.first == UInt8(ascii: "+") ? digits.dropFirst() : digits
        guard (1...6).contains(unsigned.count) else { return nil }
        var value = 0
        for digit in unsigned {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
