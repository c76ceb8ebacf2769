// Strings (RFC 8259 §7): valid UTF-8 only, control characters escaped, surrogates in pairs.
extension JSONParser {
    mutating func string() throws(JSONError) -> String {
        let start = index + 1
        index = start
        skipPlainCharacters()
        if try peek() == ASCII.quote {
            // The common case: no escape, one copy.
            let text = try text(bytes[start..<index], at: start)
            index += 1
            return text
        }
        var buffer = Array(bytes[start..<index])
        while true {
            switch try peek() {
            case ASCII.quote:
                index += 1
                return try text(buffer[...], at: start)
            case ASCII.backslash:
                index += 1
                try escape(into: &buffer)
            default:
                throw error(.controlCharacter)
            }
            let from = index
            skipPlainCharacters()
            buffer.append(contentsOf: bytes[from..<index])
        }
    }

    /// Stops at a quote, a backslash, a control character or the end.
    private mutating func skipPlainCharacters() {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 { return }
            index += 1
        }
    }

    private func text(_ slice: ArraySlice<UInt8>, at offset: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(code: .invalidUTF8, offset: offset)
        }
        return text
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
        let byte = try peek()
        switch byte {
        case ASCII.quote, ASCII.backslash, 0x2F: buffer.append(byte)
        case 0x62: buffer.append(0x08)
        case 0x66: buffer.append(0x0C)
        case 0x6E: buffer.append(0x0A)
        case 0x72: buffer.append(0x0D)
        case 0x74: buffer.append(0x09)
        case 0x75:
            index += 1
            buffer.append(contentsOf: UTF8.encodedBytes(of: try escapedScalar()))
            return
        default: throw error(.invalidEscape)
        }
        index += 1
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = index
        let first = try hexQuad()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A surrogate: it must be a high one, with a low one behind it.
        let loneSurrogate = JSONError(code: .loneSurrogate, offset: start)
        guard first < 0xDC00, index + 1 < bytes.count, bytes[index] == ASCII.backslash, bytes[index + 1] == 0x75 else {
            throw loneSurrogate
        }
        index += 2
        let second = try hexQuad()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw loneSurrogate }
        return scalar
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = ASCII.hexValue(try peek()) else { throw error(.invalidEscape) }
            value = value << 4 | digit
            index += 1
        }
        return value
    }
}

extension UTF8 {
    fileprivate static func encodedBytes(of scalar: Unicode.Scalar) -> some Sequence<UInt8> {
        String(Character(scalar)).utf8
    }
}
