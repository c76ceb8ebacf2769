/// Escape sequences (HL7 v2.5.1 §2.7). A message is cut at its raw delimiters first and each leaf is unescaped last,
/// so that `\X0D\` never makes a segment.
enum Escapes {
    /// What stands between two escape characters.
    enum Meaning {
        /// Characters of their own, whatever set is in force.
        case text(String)
        /// Bytes of the message's set: `\Xdd\`.
        case bytes([UInt8])
        /// The bytes after ESC of a switch to another set: `\Cxxyy\`, `\Mxxyyzz\`.
        case designation([UInt8])
    }

    /// The most blank lines or spaces that one formatting command may ask for.
    private static let longestRun = 99

    /// What the sequence between two escape characters stands for; nil if it is none that we know.
    static func meaning(of body: ArraySlice<UInt8>, _ delimiters: Delimiters) -> Meaning? {
        guard let letter = body.first else { return nil }
        let rest = body.dropFirst()
        switch letter {
        case UInt8(ascii: "X"): return hexadecimal(rest).map { .bytes($0) }
        case UInt8(ascii: "C"), UInt8(ascii: "M"): return designation(body).map { .designation($0) }
        case UInt8(ascii: "H") where rest.isEmpty, UInt8(ascii: "N") where rest.isEmpty: return .text("")
        case UInt8(ascii: "."): return formatting(rest).map { .text($0) }
        default:
            guard rest.isEmpty, let delimiter = delimiters.delimiter(letter: letter) else { return nil }
            return .text(String(Unicode.Scalar(delimiter)))
        }
    }

    /// The bytes after ESC that `Cxxyy`, `Mxxyy` or `Mxxyyzz` spell; nil if it is none of them.
    static func designation(_ body: ArraySlice<UInt8>) -> [UInt8]? {
        guard let letter = body.first, let sequence = hexadecimal(body.dropFirst()) else { return nil }
        var known = CodeExtension()
        guard known.designate(sequence) == sequence.count else { return nil }
        let isMultiByte = sequence.first == UInt8(ascii: "$")
        return letter == (isMultiByte ? UInt8(ascii: "M") : UInt8(ascii: "C")) ? sequence : nil
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
    private static func formatting(_ command: ArraySlice<UInt8>) -> String? {
        guard command.count >= 2 else { return nil }
        let name = command.prefix(2)
        let argument = command.dropFirst(2)
        func run(of character: Character) -> String? {
            guard !argument.isEmpty else { return String(character) }
            guard let count = decimal(argument) else { return nil }
            return String(repeating: character, count: min(count, longestRun))
        }
        if name.elementsEqual("br".utf8) || name.elementsEqual("ce".utf8) { return argument.isEmpty ? "\n" : nil }
        if name.elementsEqual("sp".utf8) { return run(of: "\n") }
        if name.elementsEqual("sk".utf8) { return run(of: " ") }
        if name.elementsEqual("fi".utf8) || name.elementsEqual("nf".utf8) { return argument.isEmpty ? "" : nil }
        if name.elementsEqual("in".utf8) || name.elementsEqual("ti".utf8) { return "" }
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
