/// A grey image, 8 bit, row by row, black = 0.
public struct GrayImage: Sendable, Equatable {
    /// Height in pixels.
    public let rows: Int
    /// Width in pixels.
    public let columns: Int
    /// One byte per pixel.
    public let pixels: [UInt8]

    /// Makes an image; `nil` unless there is one byte per pixel.
    public init?(rows: Int, columns: Int, pixels: [UInt8]) {
        guard rows > 0, columns > 0, rows.multipliedReportingOverflow(by: columns) == (pixels.count, false) else {
            return nil
        }
        self.rows = rows
        self.columns = columns
        self.pixels = pixels
    }
}

/// A colour image: red, green, blue, one byte each, row by row.
public struct RGBImage: Sendable, Equatable {
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int
    /// Three bytes per pixel.
    public let pixels: [UInt8]
}

/// Regions that raised the score in red, that lowered it in blue, over the rendered image.
///
/// The range is fixed per model (`Finding.mapRange`), so equal colours mean equal contributions in every report; a map
/// stretched to its own extremes would make a faint finding look as strong as a clear one.
public func overlay(_ finding: Finding) -> RGBImage {
    let image = finding.image
    let map = finding.map.upsampled(rows: image.rows, columns: image.columns)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(map.count * 3)
    for (gray, value) in zip(image.pixels, map) {
        let strength = min(abs(value) / finding.mapRange, 1) * 0.6
        let base = Double(gray) * (1 - strength)
        let full = base + 255 * strength
        // A little green keeps the two colours apart for readers who confuse red and blue by brightness alone.
        let green = base + (value > 0 ? 0 : 110) * strength
        let (red, blue) = value > 0 ? (full, base) : (base, full)
        for channel in [red, green, blue] {
            pixels.append(UInt8(min(max(channel, 0), 255).rounded()))
        }
    }
    return RGBImage(width: image.columns, height: image.rows, pixels: pixels)
}
