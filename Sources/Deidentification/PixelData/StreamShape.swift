internal import DICOM

/// The picture that a compressed stream says it holds. PS3.5 §8.2 asks the header to say the same: what a stream has more
/// of, lines, columns, components or bits, the header does not show, but who decodes the stream sees it.
struct StreamShape: Hashable {
    let rows: Int
    let columns: Int
    let samplesPerPixel: Int
    /// Bits of a sample, of the component that has most.
    let precision: Int

    init(_ frame: JPEGFrame) {
        (rows, columns) = (frame.lines, frame.samplesPerLine)
        (samplesPerPixel, precision) = (frame.samplesPerPixel, frame.precision)
    }

    init(_ size: JPEG2000Size) {
        (rows, columns) = (size.rows, size.columns)
        (samplesPerPixel, precision) = (size.components, size.precision)
    }

    /// What is not as the header says; nil where all is. Fewer bits than Bits Stored hide nothing, and for more of them
    /// within Bits Allocated there is `FrameCleaner.mayHoldMore`.
    func difference(from layout: PixelLayout) -> Tag? {
        if rows != layout.rows { return .rows }
        if columns != layout.columns { return .columns }
        if samplesPerPixel != layout.samplesPerPixel { return .samplesPerPixel }
        return (1...layout.bitsAllocated).contains(precision) ? nil : .bitsAllocated
    }
}
