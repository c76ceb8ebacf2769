public import DICOM

/// What is overwritten in every frame of an image (PS3.15 §E.3.1): rectangles, or all but some rectangles.
public struct PixelMask: Sendable, Hashable {
    /// The template it was made from.
    public let template: String
    /// Rows of the image it was made for.
    public let rows: Int
    /// Columns of the image it was made for.
    public let columns: Int
    /// What is overwritten.
    public let covered: [PixelRectangle]
    /// Where not nil, everything outside these is overwritten too.
    public let kept: [PixelRectangle]?

    /// Nil where a rectangle is empty or does not lie within the image, or nothing would be covered.
    public init?(
        template: String, rows: Int, columns: Int, covered: [PixelRectangle], kept: [PixelRectangle]? = nil
    ) {
        guard (covered + (kept ?? [])).allSatisfy({ $0.lies(within: columns, rows) }),
            !covered.isEmpty || kept?.isEmpty == false
        else { return nil }
        self.template = template
        self.rows = rows
        self.columns = columns
        self.covered = covered
        self.kept = kept
    }

    /// The frame with the darkest value of its photometric interpretation where the mask lies; all other samples stay
    /// bit for bit. Nil for a frame of another size.
    public func applied(to frame: Frame) -> Frame? {
        guard frame.rows == rows, frame.columns == columns else { return nil }
        var pixels = frame.pixels
        let fill = DarkestPixel.bytes(of: frame)
        guard pixels.count == rows * columns * fill.count else { return nil }
        for row in 0..<rows {
            for span in spans(row: row) {
                for column in span {
                    let start = (row * columns + column) * fill.count
                    for offset in fill.indices { pixels[start + offset] = fill[offset] }
                }
            }
        }
        return Frame(
            rows: rows, columns: columns, samplesPerPixel: frame.samplesPerPixel, bitsAllocated: frame.bitsAllocated,
            bitsStored: frame.bitsStored, highBit: frame.highBit, isSigned: frame.isSigned,
            photometricInterpretation: frame.photometricInterpretation, pixels: pixels)
    }

    /// The columns of one row that are overwritten.
    private func spans(row: Int) -> [Range<Int>] {
        let meets = { (rectangle: PixelRectangle) in (rectangle.top..<(rectangle.top + rectangle.height)).contains(row)
        }
        let hidden = covered.filter(meets).map { $0.left..<($0.left + $0.width) }
        guard let kept else { return hidden }
        var start = 0
        var outside: [Range<Int>] = []
        for region in kept.filter(meets).sorted(by: { $0.left < $1.left }) {
            if region.left > start { outside.append(start..<region.left) }
            start = max(start, region.left + region.width)
        }
        if start < columns { outside.append(start..<columns) }
        return hidden + outside
    }
}
