/// The codestream of JPEG 2000 (ISO 15444-1 Annex A) and High-Throughput JPEG 2000 (ISO 15444-15).
struct JPEG2000Stream {
    private let stream: [UInt8]
    private let end: Int
    private var position: Int
    private var mainHeader: [(marker: Int, range: Range<Int>)] = []
    private var tileParts: [TilePart] = []
    private var size: JPEG2000Size?
    private var parameters = JPEG2000Parameters(components: 0)
    /// Tile-parts that each tile has so far.
    private var partsOfTile: [Int: Int] = [:]

    /// One tile-part: its start segment, the parts of its header that stay, its packets, and what was left out.
    private struct TilePart {
        let tile: Int
        let start: Int
        var isLengthStated: Bool
        var kept: [Range<Int>] = []
        var length = 0
        var dropped = 0
    }

    /// The codestream without comments (COM), without what only points into it (PLM, PLT) or says how components lie to
    /// each other on a sensor (CRG), with lengths of tile-parts (TLM) written anew, and without what follows its end; out
    /// of a JP2 file (ISO 15444-1 Annex I) where it is wrapped in one, since DICOM asks for the bare codestream (PS3.5
    /// §A.4.4) and the boxes around it may hold text. Nil if its structure is not understood, and for packet headers
    /// apart from their packets (PPM, PPT).
    static func withoutTexts(_ stream: [UInt8]) -> [UInt8]? {
        guard let codestream = isFile(stream) ? JP2File.codestream(in: stream) : 0..<stream.count else { return nil }
        var reader = JPEG2000Stream(stream: stream, end: codestream.upperBound, position: codestream.lowerBound)
        guard reader.readMainHeader(), reader.readTileParts(), reader.parameters.isComplete else { return nil }
        return reader.written()
    }

    /// Image and tile size of a stream that `withoutTexts` answered.
    static func size(of stream: [UInt8]) -> JPEG2000Size? {
        guard stream.uint16(at: 0) == Marker.startOfCodestream, let length = stream.uint16(at: 4),
            length + 4 <= stream.count
        else { return nil }
        return JPEG2000Size(stream[2..<(length + 4)])
    }

    /// Whether it begins with the signature box of a JP2 file.
    static func isFile(_ stream: [UInt8]) -> Bool {
        stream.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A])
    }

    private init(stream: [UInt8], end: Int, position: Int) {
        (self.stream, self.end, self.position) = (stream, end, position)
    }

    private enum Marker {
        static let startOfCodestream = 0xFF4F, size = 0xFF51, tileLengths = 0xFF55
        static let startOfTilePart = 0xFF90, startOfData = 0xFF93, endOfCodestream = 0xFFD9
        /// TLM PLM CRG COM
        static let droppedFromMain: Set<Int> = [0xFF55, 0xFF57, 0xFF63, 0xFF64]
        /// PLT COM
        static let droppedFromTilePart: Set<Int> = [0xFF58, 0xFF64]
        /// CAP COD COC PRF CPF QCD QCC RGN POC
        static let main: Set<Int> = [
            0xFF50, 0xFF52, 0xFF53, 0xFF56, 0xFF59, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F,
        ]
        /// COD COC QCD QCC RGN POC
        static let tilePart: Set<Int> = [0xFF52, 0xFF53, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F]
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
        guard marker(at: position) == Marker.startOfCodestream,
            let first = segment(at: position + 2, limit: end), let size = JPEG2000Size(stream[first])
        else { return false }
        self.size = size
        parameters = JPEG2000Parameters(components: size.components)
        mainHeader.append((Marker.startOfCodestream, position..<(position + 2)))
        mainHeader.append((Marker.size, first))
        position = first.upperBound
        while let marker = marker(at: position), marker != Marker.startOfTilePart {
            guard let range = segment(at: position, limit: end) else { return false }
            if !Marker.droppedFromMain.contains(marker) {
                guard Marker.main.contains(marker),
                    parameters.read(marker, Array(stream[range].dropFirst(4)), tile: nil)
                else { return false }
            }
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
            stated == 0 || (stated >= 14 && start + stated <= end), let tile = tile(at: start)
        else { return false }
        var part = TilePart(tile: tile.index, start: start, isLengthStated: stated != 0)
        let limit = stated == 0 ? end : start + stated
        position = start + 12
        while let marker = marker(at: position), marker != Marker.startOfData {
            guard let range = segment(at: position, limit: limit) else { return false }
            if Marker.droppedFromTilePart.contains(marker) {
                part.dropped += range.count
            } else {
                guard Marker.tilePart.contains(marker),
                    parameters.read(marker, Array(stream[range].dropFirst(4)), tile: tile)
                else { return false }
                part.kept.append(range)
            }
            position = range.upperBound
        }
        guard marker(at: position) == Marker.startOfData, position + 2 <= limit,
            let last = endOfPackets(from: position + 2, limit: stated == 0 ? nil : limit)
        else { return false }
        part.kept.append(position..<last)
        part.length = last - start - part.dropped
        position = last
        tileParts.append(part)
        return true
    }

    /// Which tile a tile-part belongs to and which of its parts it is (SOT, §A.4.2): nil for a tile that the image does
    /// not have, and for parts out of order, which a decoder would read over.
    private mutating func tile(at start: Int) -> (index: Int, part: Int)? {
        guard let size, let index = stream.uint16(at: start + 4), index < size.tiles else { return nil }
        let (part, count) = (Int(stream[start + 10]), Int(stream[start + 11]))
        // Some encoders count one part too few.
        guard part == partsOfTile[index, default: 0], count == 0 || part <= count else { return nil }
        partsOfTile[index] = part + 1
        return (index, part)
    }

    /// Where packets end: at the limit, without one at the end marker. No two bytes of packets are above FF8F (ISO
    /// 15444-1 §B.10.1, §C.2) but the markers around them (SOP, EPH); nil where it is otherwise, as where a second
    /// codestream stands there.
    private func endOfPackets(from start: Int, limit: Int?) -> Int? {
        let stop = limit ?? end
        var position = stream.nextMarkerByte(from: start)
        while position + 1 < stop {
            switch stream[position + 1] {
            case 0..<0x90, 0x91, 0x92: break
            case 0xD9 where limit == nil: return position
            default: return nil
            }
            position = stream.nextMarkerByte(from: position + 1)
        }
        return stop
    }

    private func written() -> [UInt8] {
        var pieces = StreamPieces(stream)
        var lengths = tileLengths()
        for (marker, range) in mainHeader {
            if marker == Marker.tileLengths {
                // What was right already costs no copy.
                let isRight = stream[range].elementsEqual(lengths)
                if isRight { pieces.keep(range) } else if !lengths.isEmpty { pieces.add(lengths) }
                lengths = []
            }
            if !Marker.droppedFromMain.contains(marker) { pieces.keep(range) }
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

    /// TLM for the tile-parts as they are now; empty where there was none, or one that did not name them.
    private func tileLengths() -> [UInt8] {
        let contents = mainHeader.filter { $0.marker == Marker.tileLengths }.map { stream[$0.range].dropFirst(4) }
        return JPEG2000Lengths(contents)?.segments(tileParts.map { ($0.tile, $0.length) }) ?? []
    }
}
