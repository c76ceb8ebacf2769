/// A JPEG (ISO 10918-1 §B) or JPEG-LS (ISO 14495-1) stream.
enum JPEGStream {
    /// The stream without comments, without application segments but those that say how to decode (JFIF without its
    /// thumbnail, Adobe's colour transform, the colour transform of JPEG-LS), without tables that no scan uses, and
    /// without anything after its end. Nil if its structure is not understood, or a segment is longer than what it
    /// defines.
    static func withoutTexts(_ stream: [UInt8]) -> [UInt8]? {
        guard let segments = segments(of: stream) else { return nil }
        var tables = JPEGTables()
        for segment in segments {
            guard tables.read(segment, in: stream) else { return nil }
        }
        var pieces = StreamPieces(stream)
        pieces.keep(0..<2)
        for segment in segments where segment.fate(in: stream) == .kept {
            guard let definitions = tables.used(in: segment) else {
                pieces.keep(segment.range)
                continue
            }
            let length = definitions.reduce(2) { $0 + $1.count }
            guard length > 2 else { continue }
            if length + 2 == segment.range.count {
                pieces.keep(segment.range)
            } else {
                pieces.add([0xFF, segment.marker, UInt8(length >> 8), UInt8(length & 0xFF)])
                for definition in definitions { pieces.keep(definition) }
            }
        }
        // Many devices leave out the end marker, and some only its second byte.
        pieces.add([0xFF, 0xD9])
        return pieces.joined()
    }

    /// The segments up to the end of the image; nil where one is unknown or broken, or there is no scan.
    private static func segments(of stream: [UInt8]) -> [JPEGSegment]? {
        guard stream.count > 4, stream[0] == 0xFF, stream[1] == 0xD8 else { return nil }
        var segments: [JPEGSegment] = []
        var position = 2
        var hasScan = false
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
            let segment = JPEGSegment(
                marker: marker, range: position..<(isScan ? endOfScan(stream, from: end) : end),
                content: (position + 4)..<end)
            guard segment.fate(in: stream) != .unknown else { return nil }
            segments.append(segment)
            position = segment.range.upperBound
        }
        return hasScan ? segments : nil
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
