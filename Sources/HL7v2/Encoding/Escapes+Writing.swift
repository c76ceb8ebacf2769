extension Escapes {
    /// Appends `text`, escaped, in the bytes of `set`: delimiters by their letters, a line feed as `\.br\`, which
    /// displays where `\X0A\` often does not, other control characters as `\Xdd\`. Two quotes alone would mean null and
    /// are written as `\X2222\`.
    ///
    /// - Returns: false, with some bytes appended or none, if the set lacks a character (an escape character of ISO 2022
    ///   in a set that switches by it is lacking too) or the delimiters lack an escape character that is needed.
    static func append(
        _ text: String, to bytes: inout [UInt8], _ delimiters: Delimiters, _ set: MessageCharacterSet,
        isHeader: Bool = false
    ) -> Bool {
        // Escaped or not, it would switch the set of what follows.
        if set == .iso2022JP, text.utf8.contains(CodeExtension.escape) { return false }
        if text == "\"\"" { return append(hexadecimal: Array(text.utf8), to: &bytes, delimiters) }
        guard text.utf8.contains(where: { needsCare($0, delimiters) }) else {
            bytes += Array(text.utf8)
            return true
        }
        var run = ""
        func flush(_ bytes: inout [UInt8]) -> Bool {
            defer { run = "" }
            return run.isEmpty || append(run: run, to: &bytes, delimiters, set, isHeader: isHeader)
        }
        for scalar in text.unicodeScalars {
            guard scalar.isASCII, isSpecial(UInt8(truncatingIfNeeded: scalar.value), delimiters) else {
                run.unicodeScalars.append(scalar)
                continue
            }
            guard flush(&bytes), append(UInt8(truncatingIfNeeded: scalar.value), to: &bytes, delimiters)
            else { return false }
        }
        return flush(&bytes)
    }

    /// The same with a blank for what cannot be said: for texts that must get through, such as a reply's.
    static func encode(_ text: String, _ delimiters: Delimiters, _ set: MessageCharacterSet = .ascii) -> [UInt8] {
        var bytes: [UInt8] = []
        if append(text, to: &bytes, delimiters, set) { return bytes }
        bytes.removeAll()
        for scalar in text.unicodeScalars {
            let count = bytes.count
            if !append(String(scalar), to: &bytes, delimiters, set) {
                bytes.removeSubrange(count...)
                bytes.append(scalar.isASCII ? UInt8(ascii: " ") : UInt8(ascii: "?"))
            }
        }
        return bytes
    }

    private static func needsCare(_ byte: UInt8, _ delimiters: Delimiters) -> Bool {
        byte >= 0x80 || isSpecial(byte, delimiters)
    }

    private static func isSpecial(_ byte: UInt8, _ delimiters: Delimiters) -> Bool {
        byte < 0x20 || byte == 0x7F || delimiters.letter(of: byte) != nil
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8], _ delimiters: Delimiters) -> Bool {
        guard let escape = delimiters.escape else { return false }
        if let letter = delimiters.letter(of: byte) {
            bytes += [escape, letter, escape]
        } else if byte == 0x0A, delimiters.letter(of: UInt8(ascii: ".")) == nil {
            bytes += [escape] + Array(".br".utf8) + [escape]
        } else {
            return append(hexadecimal: [byte], to: &bytes, delimiters)
        }
        return true
    }

    private static func append(hexadecimal values: [UInt8], to bytes: inout [UInt8], _ delimiters: Delimiters) -> Bool {
        guard let escape = delimiters.escape else { return false }
        let digits = Array("0123456789ABCDEF".utf8)
        bytes +=
            [escape, UInt8(ascii: "X")] + values.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] } + [escape]
        return true
    }

    /// Characters that need no escape, except in a header those whose bytes look like a delimiter.
    private static func append(
        run: String, to bytes: inout [UInt8], _ delimiters: Delimiters, _ set: MessageCharacterSet, isHeader: Bool
    ) -> Bool {
        guard let encoded = set.encode(exactly: run) else { return false }
        let misleads = isHeader && encoded.contains { isSpecial($0, delimiters) }
        if misleads { return append(hexadecimal: encoded, to: &bytes, delimiters) }
        bytes += encoded
        return true
    }
}
