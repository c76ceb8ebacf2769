/// Texts written as base64 or hexadecimal digits inside texts.
enum EncodedText {
    /// The bytes of each run that reads as one of the two and gives a text, with the position of the run.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> [(bytes: [UInt8], offset: Int)] {
        var result: [(bytes: [UInt8], offset: Int)] = []
        var start = bytes.startIndex
        func close(_ end: Int) {
            guard end - start >= 8 else { return }
            let run = bytes[start..<end]
            for skipped in 0..<4 where run.count - skipped >= 8 {
                let text = base64(run.dropFirst(skipped))
                if isText(text) { result.append((text, start)) }
            }
            for skipped in 0..<2 {
                let text = hex(run.dropFirst(skipped))
                if isText(text) { result.append((text, start)) }
            }
        }
        for index in bytes.indices where value(bytes[index]) == nil {
            close(index)
            start = index + 1
        }
        close(bytes.endIndex)
        return result
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Both alphabets of RFC 4648.
    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2B, 0x2D: 62
        case 0x2F, 0x5F: 63
        default: nil
        }
    }

    private static func base64(_ run: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in run {
            guard let value = value(byte) else { return result }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return result
    }

    private static func hex(_ run: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var high: UInt8?
        for byte in run {
            guard let digit = hexDigit(byte) else { return [] }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return result
    }

    /// Chance gives such bytes with a probability below one in a thousand.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        let visible = bytes.count { (0x20...0x7E).contains($0) || $0 >= 0xC0 || $0 == 0 }
        let letters = bytes.count { (0x20...0x7E).contains($0) }
        return visible * 8 >= bytes.count * 7 && letters * 2 >= bytes.count
    }
}
