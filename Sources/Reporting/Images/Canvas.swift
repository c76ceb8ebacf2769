import ImageClassifier

/// A colour picture that can be written on.
struct Canvas {
    private(set) var width: Int
    private(set) var height: Int
    private(set) var pixels: [UInt8]

    /// - Throws: `imageInvalid` unless there are three bytes a pixel.
    init(_ image: RGBImage) throws(ReportingError) {
        guard image.width > 0, image.height > 0, image.pixels.count == image.width * image.height * 3 else {
            throw ReportingError(.imageInvalid)
        }
        width = image.width
        height = image.height
        pixels = image.pixels
    }

    init(_ image: GrayImage) {
        width = image.columns
        height = image.rows
        pixels = []
        pixels.reserveCapacity(image.pixels.count * 3)
        for gray in image.pixels { pixels.append(contentsOf: repeatElement(gray, count: 3)) }
    }

    /// The file, grey where no pixel has a colour; nil when it would be larger than `limit` bytes.
    ///
    /// - Throws: `imageInvalid`.
    func png(atMost limit: Int) throws(ReportingError) -> [UInt8]? {
        var gray: [UInt8] = []
        gray.reserveCapacity(width * height)
        for at in stride(from: 0, to: pixels.count, by: 3) {
            guard pixels[at] == pixels[at + 1], pixels[at] == pixels[at + 2] else {
                return try PNG.encode(pixels, width: width, height: height, channels: 3, maximumBytes: limit)
            }
            gray.append(pixels[at])
        }
        return try PNG.encode(gray, width: width, height: height, channels: 1, maximumBytes: limit)
    }

    /// Adds a black strip on top with the lines in white letters, as large as the width allows; a picture too narrow
    /// for them is widened in black.
    mutating func addBanner(_ lines: [String]) {
        let longest = lines.map(\.count).max() ?? 0
        guard longest > 0 else { return }
        widen(to: (longest + 2) * BannerFont.advance)
        let scale = max(1, min(4, width / ((longest + 2) * BannerFont.advance)))
        let lineHeight = (BannerFont.height + 3) * scale
        let strip = lineHeight * lines.count + 3 * scale
        pixels.insert(contentsOf: repeatElement(0, count: strip * width * 3), at: 0)
        height += strip
        for (number, line) in lines.enumerated() {
            write(line, left: BannerFont.advance * scale, top: 3 * scale + number * lineHeight, scale: scale)
        }
    }

    /// Makes room: black on the right.
    mutating func widen(to newWidth: Int) {
        guard newWidth > width else { return }
        var wider: [UInt8] = []
        wider.reserveCapacity(newWidth * height * 3)
        for row in 0..<height {
            wider.append(contentsOf: pixels[row * width * 3..<(row + 1) * width * 3])
            wider.append(contentsOf: repeatElement(0, count: (newWidth - width) * 3))
        }
        pixels = wider
        width = newWidth
    }

    /// Makes room: black below.
    mutating func heighten(by rows: Int) {
        pixels.append(contentsOf: repeatElement(0, count: max(rows, 0) * width * 3))
        height += max(rows, 0)
    }

    /// White letters; what does not fit is cut at the edge.
    mutating func write(_ line: String, left: Int, top: Int, scale: Int) {
        for (position, character) in line.enumerated() {
            let start = left + position * BannerFont.advance * scale
            for (row, bits) in BannerFont.rows(of: character).enumerated() {
                for column in 0..<BannerFont.width where bits >> (BannerFont.width - 1 - column) & 1 == 1 {
                    fill(
                        left: start + column * scale, top: top + row * scale, width: scale, height: scale,
                        with: (255, 255, 255))
                }
            }
        }
    }

    /// A rectangle in one colour; what lies beyond the picture is left out.
    mutating func fill(
        left: Int, top: Int, width side: Int, height rows: Int, with colour: (red: UInt8, green: UInt8, blue: UInt8)
    ) {
        for y in max(top, 0)..<max(min(top + rows, height), max(top, 0)) {
            for x in max(left, 0)..<max(min(left + side, width), max(left, 0)) {
                let at = (y * width + x) * 3
                pixels[at] = colour.red
                pixels[at + 1] = colour.green
                pixels[at + 2] = colour.blue
            }
        }
    }
}
