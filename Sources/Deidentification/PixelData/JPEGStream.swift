/// The segments of a JPEG (ISO 10918-1 §B) or JPEG-LS (ISO 14495-1) stream.
enum JPEGStream {
    /// The stream without comments, without application segments but those that say how to decode (JFIF without its
    /// thumbnail, Adobe's colour transform, the colour transform of JPEG-LS), and without anything after its end. Nil
    /// if its structure is not understood, or a segment is longer than what it defines.
    static func withoutTexts(_ stream: [UInt8]) -> [UInt8]? {
        guard stream.count > 4, stream[0] == 0xFF, stream[1] == 0xD8 else { return nil }
        var pieces = StreamPieces(stream)
        pieces.keep(0..<2)
        var position = 2
        var hasScan = false
        while position + 2 <= stream.count {
            guard stream[position] == 0xFF else { return nil }
            let marker = stream[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xD9 {
                pieces.keep(position..<(position + 2))
                return hasScan ? pieces.joined() : nil
            }
            guard let length = stream.uint16(at: position + 2), length >= 2, position + 2 + length <= stream.count
            else { return nil }
            let end = position + 2 + length
            switch JPEGSegment.fate(marker, stream[(position + 4)..<end]) {
            case .kept: pieces.keep(position..<end)
            case .dropped: break
            case .unknown: return nil
            }
            position = end
            guard marker == 0xDA else { continue }
            hasScan = true
            let scanEnd = endOfScan(stream, from: position)
            pieces.keep(position..<scanEnd)
            position = scanEnd
        }
        // Many devices leave out the end marker, and some only its second byte.
        guard hasScan else { return nil }
        pieces.add([0xFF, 0xD9])
        return pieces.joined()
    }

    /// The first marker that is no restart: entropy-coded data holds FF only before 00 (JPEG) or a byte below 80
    /// (JPEG-LS).
    private static func endOfScan(_ stream: [UInt8], from start: Int) -> Int {
        var position = stream.nextMarkerByte(from: start)
        while position + 1 < stream.count {
            let next = stream[position + 1]
            if next >= 0xC0, next != 0xFF, !(0xD0...0xD7).contains(next) { return position }
            position = stream.nextMarkerByte(from: position + 1)
        }
        return stream.count
    }
}

/// What becomes of one marker segment.
enum JPEGSegment {
    enum Fate { case kept, dropped, unknown }

    /// `content` is what follows the length.
    static func fate(_ marker: UInt8, _ content: ArraySlice<UInt8>) -> Fate {
        let bytes = Array(content.prefix(1 << 16))
        switch marker {
        case 0xE0: return bytes.count == 14 && bytes.starts(with: Array("JFIF\0".utf8)) ? .kept : .dropped
        case 0xEE: return bytes.count == 12 && bytes.starts(with: Array("Adobe".utf8)) ? .kept : .dropped
        case 0xE8: return bytes.count == 5 && bytes.starts(with: Array("mrfx".utf8)) ? .kept : .dropped
        case 0xE1...0xEF, 0xFE: return .dropped
        default: return isExact(marker, bytes) ? .kept : .unknown
        }
    }

    /// Whether a segment is exactly as long as what it says.
    private static func isExact(_ marker: UInt8, _ bytes: [UInt8]) -> Bool {
        switch marker {
        // Huffman tables (§B.2.4.2), quantisation tables (§B.2.4.1)
        case 0xC4: areTables(bytes) { rest in rest.count < 17 ? nil : 17 + rest[1..<17].reduce(0) { $0 + Int($1) } }
        case 0xDB: areTables(bytes) { rest in 1 + (rest[0] >> 4 == 0 ? 64 : 128) }
        // Frame headers (§B.2.2, ISO 14495-1 §C.2.2)
        case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xF7:
            bytes.count >= 6 && bytes.count == 6 + 3 * Int(bytes[5])
        // Scan header, arithmetic conditioning, restart interval, number of lines
        case 0xDA: bytes.count >= 4 && bytes.count == 4 + 2 * Int(bytes[0])
        case 0xCC: bytes.count % 2 == 0
        case 0xDD, 0xDC: bytes.count == 2
        // Parameters of JPEG-LS (ISO 14495-1 §C.2.4): thresholds, or the table of a palette.
        case 0xF8: bytes.first == 1 ? bytes.count == 11 : [2, 3].contains(bytes.first)
        default: false
        }
    }

    private static func areTables(_ bytes: [UInt8], length: ([UInt8]) -> Int?) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            guard let length = length(rest), length <= rest.count else { return false }
            rest.removeFirst(length)
        }
        return !bytes.isEmpty
    }
}
