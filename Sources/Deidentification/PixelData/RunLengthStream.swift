/// One frame in RLE (PS3.5 Annex G): a header of 64 bytes and one segment of packed bytes for each byte of a sample.
enum RunLengthStream {
    /// The frame with nothing in it but its segments, each up to its last pixel. Nil where the header does not fit the
    /// image, or a segment does not end where the frame does.
    static func withoutRemains(_ stream: [UInt8], _ layout: PixelLayout) -> [UInt8]? {
        let expected = layout.samplesPerPixel * layout.bitsAllocated / 8
        guard stream.count > 64, (1...15).contains(expected), number(stream, 0) == expected else { return nil }
        let starts = (1...expected).map { number(stream, $0) }
        guard starts.first == 64, zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        var pieces = StreamPieces(stream)
        var header = [expected]
        var body: [Range<Int>] = []
        var position = 64
        for (index, start) in starts.enumerated() {
            let limit = index + 1 < expected ? starts[index + 1] : stream.count
            guard limit <= stream.count,
                let end = end(of: start..<limit, in: stream, pixels: layout.rows * layout.columns)
            else { return nil }
            header.append(position)
            body.append(start..<end)
            position += (end - start) + (end - start) % 2
        }
        header += [Int](repeating: 0, count: 16 - header.count)
        pieces.add(header.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
        for range in body {
            pieces.keep(range)
            if range.count % 2 == 1 { pieces.add([0]) }
        }
        return pieces.joined()
    }

    /// The cells of a frame that `withoutRemains` answered: little endian, colour by pixel. Empty for what is not of such
    /// a form.
    static func cells(_ stream: [UInt8], _ layout: PixelLayout) -> [UInt8] {
        let width = layout.bitsAllocated / 8
        let segments = layout.samplesPerPixel * width
        let pixels = layout.rows * layout.columns
        guard stream.count > 64, (1...15).contains(segments), number(stream, 0) == segments else { return [] }
        var cells = [UInt8](repeating: 0, count: pixels * segments)
        for segment in 0..<segments {
            // The most significant byte of a sample comes first (§G.2).
            var place = segment / width * width + (width - 1 - segment % width)
            var position = number(stream, segment + 1)
            while place < cells.count {
                guard position + 1 < stream.count else { return [] }
                let control = Int(stream[position])
                let isRun = control > 128
                let count = control == 128 ? 0 : isRun ? 257 - control : control + 1
                guard position + 1 + (isRun ? 1 : count) <= stream.count else { return [] }
                for index in 0..<count where place < cells.count {
                    cells[place] = stream[position + 1 + (isRun ? 0 : index)]
                    place += segments
                }
                position += count == 0 ? 1 : isRun ? 2 : count + 1
            }
        }
        return cells
    }

    private static func number(_ stream: [UInt8], _ index: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(stream[4 * index + $1]) << (8 * $1) }
    }

    /// Where the segment has brought its last pixel; nil where it stops before, or goes on within a run (§G.3.2).
    private static func end(of range: Range<Int>, in stream: [UInt8], pixels: Int) -> Int? {
        // Safe: every index is compared with the range, which lies within the array.
        unsafe stream.withUnsafeBufferPointer { bytes in
            var position = range.lowerBound
            var produced = 0
            while produced < pixels {
                guard position < range.upperBound else { return nil }
                let control = Int(unsafe bytes[position])
                switch control {
                case 0...127:
                    position += control + 2
                    produced += control + 1
                case 128: position += 1
                default:
                    position += 2
                    produced += 257 - control
                }
            }
            return produced == pixels && position <= range.upperBound ? position : nil
        }
    }
}
