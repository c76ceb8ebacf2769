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

    /// The image in another size, for looking at: each new pixel is the mean of the old ones that it covers, or lies on
    /// the straight line between its neighbours where it covers less than one.
    public func resized(rows newRows: Int, columns newColumns: Int) -> GrayImage? {
        guard newRows > 0, newColumns > 0 else { return nil }
        guard newRows != rows || newColumns != columns else { return self }
        let across = Self.shares(columns, newColumns)
        let down = Self.shares(rows, newRows)
        var rowwise = [Float](repeating: 0, count: rows * newColumns)
        for row in 0..<rows {
            for (column, taps) in across.enumerated() {
                var sum: Float = 0
                for (source, share) in taps { sum += Float(pixels[row * columns + source]) * share }
                rowwise[row * newColumns + column] = sum
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(newRows * newColumns)
        for taps in down {
            for column in 0..<newColumns {
                var sum: Float = 0
                for (source, share) in taps { sum += rowwise[source * newColumns + column] * share }
                result.append(UInt8(min(max(sum, 0), 255).rounded()))
            }
        }
        return GrayImage(rows: newRows, columns: newColumns, pixels: result)
    }

    /// For each new place the old ones and their shares, which add up to one.
    private static func shares(_ length: Int, _ target: Int) -> [[(source: Int, share: Float)]] {
        let step = Double(length) / Double(target)
        return (0..<target).map { index in
            let centre = (Double(index) + 0.5) * step
            let reach = max(step, 1) / 2 + (step < 1 ? 0.5 : 0)
            let first = max(Int((centre - reach).rounded(.down)), 0)
            let last = min(Int((centre + reach).rounded(.up)), length) - 1
            let weights = (first...max(first, last)).map { source -> (source: Int, share: Double) in
                let place = Double(source) + 0.5
                // Reduction: the covered part of the pixel. Enlargement: a triangle one pixel to each side.
                let share =
                    step < 1
                    ? max(0, 1 - abs(place - centre))
                    : max(0, min(place + 0.5, centre + step / 2) - max(place - 0.5, centre - step / 2))
                return (source, share)
            }
            let sum = weights.reduce(0) { $0 + $1.share }
            return weights.map { ($0.source, Float(sum > 0 ? $0.share / sum : 1 / Double(weights.count))) }
        }
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
