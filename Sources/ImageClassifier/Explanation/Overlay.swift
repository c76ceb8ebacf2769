/// The finding's map over its image as it was stored: what raised the score in orange, what lowered it in blue.
///
/// The range is fixed per model (`Finding.mapRange`), so equal colours mean equal contributions in every report; a map
/// stretched to its own extremes would make a faint finding look as strong as a clear one. Regions beyond half of the
/// range have a line around them, solid where they raised the score, dashed where they lowered it. What lies outside
/// the exposed field, and so was not analysed, is darkened and hatched.
public func overlay(_ finding: Finding, size: PictureSize) -> RGBImage {
    let image = finding.image.resized(rows: size.rows, columns: size.columns) ?? finding.image
    let map = PlacedMap(finding, rows: image.rows, columns: image.columns)
    let line = max(1, min(image.rows, image.columns) / 300)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(image.pixels.count * 3)
    for row in 0..<image.rows {
        for column in 0..<image.columns {
            let gray = image.pixels[row * image.columns + column]
            let colour =
                map.share(row: row, column: column).map { share in
                    map.outline(row: row, column: column, width: line) ?? ContributionScale.colour(gray, share: share)
                } ?? Hatching.colour(gray, row: row, column: column, line: line)
            pixels.append(colour.red)
            pixels.append(colour.green)
            pixels.append(colour.blue)
        }
    }
    return RGBImage(width: image.columns, height: image.rows, pixels: pixels)
}

/// The finding's map over its image, in the size in which it is drawn for a report.
public func overlay(_ finding: Finding) -> RGBImage { overlay(finding, size: PictureSize(of: finding.image)) }

extension Finding {
    /// Whether every part of the image lies inside the exposed field.
    public var isWhollyAnalysed: Bool {
        let places = [0.001, 0.25, 0.5, 0.75, 0.999]
        return places.allSatisfy { y in places.allSatisfy { x in placement.mapPosition(x: x, y: y) != nil } }
    }
}

/// How what was not analysed looks: dark, with diagonal lines.
public enum Hatching {
    /// A grey pixel outside the exposed field.
    ///
    /// - Parameter line: width of the diagonal lines.
    public static func colour(
        _ gray: UInt8, row: Int, column: Int, line: Int
    ) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let isLine = (row + column) % (12 * line) < line
        let shade = isLine ? 110 : UInt8(Int(gray) * 2 / 5)
        return (shade, shade, shade)
    }
}

/// The map where the pixels of a picture are, as shares of the fixed range.
struct PlacedMap {
    let rows: Int
    let columns: Int
    /// NaN outside the exposed field.
    private let shares: [Float]

    init(_ finding: Finding, rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        var shares: [Float] = []
        shares.reserveCapacity(rows * columns)
        for row in 0..<rows {
            let y = (Double(row) + 0.5) / Double(rows)
            for column in 0..<columns {
                let x = (Double(column) + 0.5) / Double(columns)
                let place = finding.placement.mapPosition(x: x, y: y)
                shares.append(place.map { Float(finding.map.value(x: $0.x, y: $0.y) / finding.mapRange) } ?? .nan)
            }
        }
        self.shares = shares
    }

    /// Contribution as share of the range; nil where nothing was analysed.
    func share(row: Int, column: Int) -> Double? {
        let share = shares[row * columns + column]
        return share.isNaN ? nil : Double(share)
    }

    /// The colour of the line through this pixel: it lies beyond half of the range, and one `width` pixels away does
    /// not.
    func outline(row: Int, column: Int, width: Int) -> (red: UInt8, green: UInt8, blue: UInt8)? {
        let own = shares[row * columns + column]
        let limit = Float(ContributionScale.outlined)
        guard abs(own) >= limit else { return nil }
        let isBorder = [(width, 0), (-width, 0), (0, width), (0, -width)].contains { down, across in
            let (y, x) = (row + down, column + across)
            guard (0..<rows).contains(y), (0..<columns).contains(x) else { return false }
            let other = shares[y * columns + x]
            return own > 0 ? other < limit : other > -limit
        }
        guard isBorder, own > 0 || (row + column) / (5 * width) % 2 == 0 else { return nil }
        return ContributionScale.outline(isRaised: own > 0)
    }
}
