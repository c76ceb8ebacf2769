/// The segments of a JPEG (ISO 10918-1 §B) or JPEG-LS (ISO 14495-1) stream.
enum JPEGStream {
    /// The stream without comments, without application segments but those that say how to decode (JFIF without its
    /// thumbnail, Adobe's colour transform, the colour transform of JPEG-LS), and without anything after its end. Nil
    /// if its structure is not understood.
    static func withoutTexts(_ stream: [UInt8]) -> [UInt8]? {
        guard stream.count > 4, stream[0] == 0xFF, stream[1] == 0xD8 else { return nil }
        var result: [UInt8] = [0xFF, 0xD8]
        result.reserveCapacity(stream.count)
        var position = 2
        while position + 2 <= stream.count {
            guard stream[position] == 0xFF else { return nil }
            let marker = stream[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xD9 { return result + [0xFF, 0xD9] }
            guard position + 4 <= stream.count, marker >= 0xC0, !(0xD0...0xD8).contains(marker) else { return nil }
            let length = Int(stream[position + 2]) << 8 | Int(stream[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= stream.count else { return nil }
            if keeps(marker, stream[(position + 4)..<end]) { result += stream[position..<end] }
            position = end
            guard marker == 0xDA else { continue }
            let scanEnd = endOfScan(stream, from: position)
            result += stream[position..<scanEnd]
            position = scanEnd
        }
        // Many devices leave out the end marker.
        return result.count > 4 ? result + [0xFF, 0xD9] : nil
    }

    private static func keeps(_ marker: UInt8, _ content: ArraySlice<UInt8>) -> Bool {
        switch marker {
        case 0xE0: content.count == 14 && content.starts(with: Array("JFIF\0".utf8))
        case 0xEE: content.count == 12 && content.starts(with: Array("Adobe".utf8))
        case 0xE8: content.count == 5 && content.starts(with: Array("mrfx".utf8))
        case 0xE1...0xEF, 0xFE: false
        default: true
        }
    }

    /// The first marker that is no restart: entropy-coded data holds FF only before 00 (JPEG) or a byte below 80
    /// (JPEG-LS).
    private static func endOfScan(_ stream: [UInt8], from start: Int) -> Int {
        var position = start
        while position + 1 < stream.count {
            let next = stream[position + 1]
            if stream[position] == 0xFF, next >= 0xC0, next != 0xFF, !(0xD0...0xD7).contains(next) { return position }
            position += 1
        }
        return stream.count
    }
}
