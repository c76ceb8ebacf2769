import ImageClassifier

/// A colour picture that can be made smaller and written on.
struct Canvas {
    private(set) var width: Int
    private(set) var height: Int
    private(set) var pixels: [UInt8]

    init(_ image: RGBImage) {
        width = image.width
        height = image.height
        pixels = image.pixels
    }

    /// Half the size: each pixel is the mean of four; an odd last row or column is dropped.
    func halved() -> Canvas {
        var half = self
        half.width = width / 2
        half.height = height / 2
        half.pixels = []
        half.pixels.reserveCapacity(half.width * half.height * 3)
        for y in 0..<half.height {
            for x in 0..<half.width {
                for channel in 0..<3 {
                    let at = (2 * y * width + 2 * x) * 3 + channel
                    let below = at + width * 3
                    let sum = Int(pixels[at]) + Int(pixels[at + 3]) + Int(pixels[below]) + Int(pixels[below + 3])
                    half.pixels.append(UInt8((sum + 2) / 4))
                }
            }
        }
        return half
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
            draw(line, top: 3 * scale + number * lineHeight, scale: scale)
        }
    }

    private mutating func widen(to newWidth: Int) {
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

    private mutating func draw(_ line: String, top: Int, scale: Int) {
        for (position, character) in line.enumerated() {
            let left = (1 + position) * BannerFont.advance * scale
            for (row, bits) in BannerFont.rows(of: character).enumerated() {
                for column in 0..<BannerFont.width where bits >> (BannerFont.width - 1 - column) & 1 == 1 {
                    fill(left: left + column * scale, top: top + row * scale, side: scale)
                }
            }
        }
    }

    private mutating func fill(left: Int, top: Int, side: Int) {
        for y in top..<min(top + side, height) where left < width {
            for x in left..<min(left + side, width) {
                for channel in 0..<3 { pixels[(y * width + x) * 3 + channel] = 255 }
            }
        }
    }
}
