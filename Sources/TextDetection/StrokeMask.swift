/// The strokes of a top hat: clearly above the noise of their tile, and not weak beside a stronger one.
struct StrokeMask {
    /// Whether each pixel belongs to a stroke.
    var isStroke: [Bool]
    /// The strokes with their contrast evened out, light on black: for reading.
    var evened: GreyPicture

    private static let tile = 32
    /// Grey levels of 255 below which a stroke is not seen.
    private static let leastContrast = 14

    init(_ hat: GreyPicture) {
        let strongest = TopHat.extreme(hat, 2 * TopHat.window - 1, least: false)
        isStroke = [Bool](repeating: false, count: hat.pixels.count)
        evened = hat
        for top in stride(from: 0, to: hat.height, by: Self.tile) {
            for left in stride(from: 0, to: hat.width, by: Self.tile) {
                let rows = top..<min(top + Self.tile, hat.height)
                let columns = left..<min(left + Self.tile, hat.width)
                let threshold = max(Self.leastContrast, 3 * Self.median(hat, rows, columns) + 6)
                for row in rows {
                    for index in (row * hat.width + columns.lowerBound)..<(row * hat.width + columns.upperBound) {
                        let value = Int(hat.pixels[index])
                        let most = Int(strongest.pixels[index])
                        isStroke[index] = value >= threshold && 5 * value >= 2 * most
                        evened.pixels[index] = UInt8(truncatingIfNeeded: min(value * 255 / max(most, threshold), 255))
                    }
                }
            }
        }
    }

    private static func median(_ hat: GreyPicture, _ rows: Range<Int>, _ columns: Range<Int>) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        for row in rows {
            for column in columns { counts[Int(hat.pixels[row * hat.width + column])] += 1 }
        }
        var left = rows.count * columns.count / 2
        for (value, count) in counts.enumerated() {
            left -= count
            if left < 0 { return value }
        }
        return 255
    }
}
