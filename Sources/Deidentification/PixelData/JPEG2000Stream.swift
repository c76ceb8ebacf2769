/// The codestream of JPEG 2000 (ISO 15444-1 Annex A) and High-Throughput JPEG 2000 (ISO 15444-15).
struct JPEG2000Stream {
    private let stream: [UInt8]
    private let end: Int
    private var position: Int
    private var mainHeader: [(marker: Int, range: Range<Int>)] = []
    private var tileParts: [TilePart] = []

    /// One tile-part: its start segment, the parts of its header that stay, its packets, and what was left out.
    private struct TilePart {
        let start: Int
        var isLengthStated: Bool
        var kept: [Range<Int>] = []
        var length = 0
        var dropped = 0
    }

    /// The codestream without comments (COM) and without what follows its end; out of a JP2 file (ISO 15444-1 Annex I)
    /// where it is wrapped in one, since DICOM asks for the bare codestream (PS3.5 §A.4.4) and the boxes around it may
    /// hold text. Nil if its structure is not understood.
    static func withoutTexts(_ stream: [UInt8]) -> [UInt8]? {
        guard let codestream = isFile(stream) ? JP2File.codestream(in: stream) : 0..<stream.count else { return nil }
        var reader = JPEG2000Stream(stream: stream, end: codestream.upperBound, position: codestream.lowerBound)
        guard reader.readMainHeader(), reader.readTileParts() else { return nil }
        return reader.written()
    }

    /// Whether it begins with the signature box of a JP2 file.
    static func isFile(_ stream: [UInt8]) -> Bool {
        stream.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A])
    }

    private init(stream: [UInt8], end: Int, position: Int) {
        (self.stream, self.end, self.position) = (stream, end, position)
    }

    private enum Marker {
        static let startOfCodestream = 0xFF4F, size = 0xFF51, tileLengths = 0xFF55, comment = 0xFF64
        static let startOfTilePart = 0xFF90, startOfData = 0xFF93, endOfCodestream = 0xFFD9
        /// CAP SIZ COD COC PRF TLM PLM CPF QCD QCC RGN POC PPM CRG COM
        static let main: Set<Int> = [
            0xFF50, 0xFF51, 0xFF52, 0xFF53, 0xFF56, 0xFF55, 0xFF57, 0xFF59, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F, 0xFF60,
            0xFF63, 0xFF64,
        ]
        /// COD COC PLT QCD QCC RGN POC PPT COM
        static let tilePart: Set<Int> = [
            0xFF52, 0xFF53, 0xFF58, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F, 0xFF61, 0xFF64,
        ]
    }

    private func marker(at position: Int) -> Int? { position + 2 <= end ? stream.uint16(at: position) : nil }

    /// The range of the marker segment that stands here, if it lies within `limit`.
    private func segment(at position: Int, limit: Int) -> Range<Int>? {
        guard let length = stream.uint16(at: position + 2), length >= 2, position + 2 + length <= limit else {
            return nil
        }
        return position..<(position + 2 + length)
    }

    private mutating func readMainHeader() -> Bool {
        guard marker(at: position) == Marker.startOfCodestream, marker(at: position + 2) == Marker.size,
            let components = stream.uint16(at: position + 40),
            segment(at: position + 2, limit: end)?.count == 40 + 3 * components
        else { return false }
        mainHeader.append((Marker.startOfCodestream, position..<(position + 2)))
        position += 2
        while let marker = marker(at: position), marker != Marker.startOfTilePart {
            guard Marker.main.contains(marker), let range = segment(at: position, limit: end) else { return false }
            mainHeader.append((marker, range))
            position = range.upperBound
        }
        return position < end
    }

    private mutating func readTileParts() -> Bool {
        while let marker = marker(at: position) {
            switch marker {
            case Marker.endOfCodestream: return !tileParts.isEmpty
            case Marker.startOfTilePart: guard readTilePart() else { return false }
            default: return false
            }
        }
        // Without its end marker, and one byte of padding at most.
        return !tileParts.isEmpty && end - position <= 1
    }

    private mutating func readTilePart() -> Bool {
        let start = position
        guard segment(at: start, limit: end)?.count == 12, let stated = stream.uint32(at: start + 6),
            stated == 0 || (stated >= 14 && start + stated <= end)
        else { return false }
        var part = TilePart(start: start, isLengthStated: stated != 0)
        let limit = stated == 0 ? end : start + stated
        position = start + 12
        while let marker = marker(at: position), marker != Marker.startOfData {
            guard Marker.tilePart.contains(marker), let range = segment(at: position, limit: limit) else {
                return false
            }
            if marker == Marker.comment { part.dropped += range.count } else { part.kept.append(range) }
            position = range.upperBound
        }
        guard marker(at: position) == Marker.startOfData, position + 2 <= limit else { return false }
        let last = stated == 0 ? endOfPackets(from: position + 2) : limit
        part.kept.append(position..<last)
        part.length = last - start - part.dropped
        position = last
        tileParts.append(part)
        return true
    }

    /// No two bytes of packets are above FF8F (ISO 15444-1 §B.10.1, §C.2): the first FFD9 is the end.
    private func endOfPackets(from start: Int) -> Int {
        var position = stream.nextMarkerByte(from: start)
        while position + 1 < end {
            if stream[position + 1] == 0xD9 { return position }
            position = stream.nextMarkerByte(from: position + 1)
        }
        return end
    }

    private func written() -> [UInt8] {
        var pieces = StreamPieces(stream)
        // The lengths in TLM would no longer be true; they only help to find tile-parts.
        let isShortened = tileParts.contains { $0.dropped > 0 }
        for (marker, range) in mainHeader where marker != Marker.comment {
            if !(isShortened && marker == Marker.tileLengths) { pieces.keep(range) }
        }
        for part in tileParts {
            if part.isLengthStated, part.dropped > 0 {
                pieces.keep(part.start..<(part.start + 6))
                pieces.add(stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: part.length >> $0) })
                pieces.keep((part.start + 10)..<(part.start + 12))
            } else {
                pieces.keep(part.start..<(part.start + 12))
            }
            for range in part.kept { pieces.keep(range) }
        }
        if marker(at: position) == Marker.endOfCodestream {
            pieces.keep(position..<(position + 2))
        } else {
            pieces.add([0xFF, 0xD9])
        }
        return pieces.joined()
    }
}
