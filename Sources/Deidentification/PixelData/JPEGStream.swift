/// A JPEG (ISO 10918-1 §B) or JPEG-LS (ISO 14495-1) stream.
enum JPEGStream {
    /// The stream without comments, without application segments but those that say how to decode (JFIF without its
    /// thumbnail, Adobe's colour transform, the colour transform of JPEG-LS), without tables that no scan uses, and
    /// without anything after its end. Nil if its structure is not understood, a segment is longer than what it
    /// defines, or it has a place for another picture (`JPEGOrder`).
    static func withoutTexts(_ stream: [UInt8]) -> [UInt8]? {
        guard let segments = segments(of: stream) else { return nil }
        var tables = JPEGTables()
        var order = JPEGOrder()
        for segment in segments {
            guard tables.read(segment, in: stream), order.read(segment, in: stream) else { return nil }
        }
        guard order.isComplete else { return nil }
        var pieces = StreamPieces(stream)
        pieces.keep(0..<2)
        var rewritten: Set<UInt8> = []
        for segment in segments {
            switch segment.fate(in: stream) {
            case .kept: keep(segment, tables, &pieces)
            case .rewritten(let content) where rewritten.insert(segment.marker).inserted:
                if stream[segment.content].elementsEqual(content) {
                    pieces.keep(segment.range)
                } else {
                    pieces.add([0xFF, segment.marker, 0, UInt8(content.count + 2)] + content)
                }
            case .rewritten, .dropped, .unknown: break
            }
        }
        // Many devices leave out the end marker, and some only its second byte.
        pieces.add([0xFF, 0xD9])
        return pieces.joined()
    }

    /// The frame header of a stream that `withoutTexts` answered.
    static func frame(of stream: [UInt8]) -> JPEGFrame? {
        var position = 2
        while position + 4 <= stream.count, let length = stream.uint16(at: position + 2), length >= 2,
            position + 2 + length <= stream.count
        {
            let marker = stream[position + 1]
            if (0xC0...0xC3).contains(marker) || marker == 0xF7 {
                return JPEGFrame(marker, content: Array(stream[(position + 4)..<(position + 2 + length)]))
            }
            if marker == 0xDA { return nil }
            position += 2 + length
        }
        return nil
    }

    private static func keep(_ segment: JPEGSegment, _ tables: JPEGTables, _ pieces: inout StreamPieces) {
        guard let definitions = tables.used(in: segment) else { return pieces.keep(segment.range) }
        let length = definitions.reduce(2) { $0 + $1.count }
        guard length > 2 else { return }
        guard length + 2 != segment.range.count else { return pieces.keep(segment.range) }
        pieces.add([0xFF, segment.marker, UInt8(length >> 8), UInt8(length & 0xFF)])
        for definition in definitions { pieces.keep(definition) }
    }

    /// The segments up to the end of the image; nil where one is unknown or broken, or there is no scan.
    private static func segments(of stream: [UInt8]) -> [JPEGSegment]? {
        guard stream.count > 4, stream[0] == 0xFF, stream[1] == 0xD8 else { return nil }
        var segments: [JPEGSegment] = []
        var position = 2
        var hasScan = false
        var isLS = false
        while position + 2 <= stream.count {
            guard stream[position] == 0xFF else { return nil }
            let marker = stream[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xD9 { break }
            guard let length = stream.uint16(at: position + 2), length >= 2, position + 2 + length <= stream.count
            else { return nil }
            let end = position + 2 + length
            let isScan = marker == 0xDA
            hasScan = hasScan || isScan
            isLS = isLS || marker == 0xF7
            guard let scan = isScan ? data(stream, from: end, isLS: isLS) : (end, 0) else { return nil }
            let segment = JPEGSegment(
                marker: marker, range: position..<scan.end, content: (position + 4)..<end, restarts: scan.restarts)
            if case .unknown = segment.fate(in: stream) { return nil }
            segments.append(segment)
            position = segment.range.upperBound
        }
        return hasScan ? segments : nil
    }

    /// The entropy-coded data of a scan: up to the first marker that is no restart (§B.2.1). FF stands only before 00
    /// (JPEG) or a byte below 80 (JPEG-LS), and restarts are numbered; nil where that is not so.
    private static func data(_ stream: [UInt8], from start: Int, isLS: Bool) -> (end: Int, restarts: Int)? {
        var position = stream.nextMarkerByte(from: start)
        var restarts = 0
        while position + 1 < stream.count {
            let next = stream[position + 1]
            switch next {
            // Fill bytes (§B.1.1.2)
            case 0, 0xFF: break
            case 0x01...0x7F: guard isLS else { return nil }
            case 0x80...0xBF: return nil
            case 0xD0...0xD7:
                guard Int(next & 7) == restarts % 8 else { return nil }
                restarts += 1
            default: return (position, restarts)
            }
            position = stream.nextMarkerByte(from: position + 1)
        }
        return (stream.count, restarts)
    }
}
