/// An 8-bit grey picture, rows from top to bottom without padding.
struct GreyPicture: Sendable, Equatable {
    let width: Int
    let height: Int
    var pixels: [UInt8]

    init(width: Int, height: Int, pixels: [UInt8]) {
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Light and dark exchanged.
    var inverted: GreyPicture { GreyPicture(width: width, height: height, pixels: pixels.map { 255 - $0 }) }

    /// Half the width and height, each pixel the mean of four.
    var halved: GreyPicture {
        let halfWidth = width / 2
        let halfHeight = height / 2
        var result = [UInt8](repeating: 0, count: halfWidth * halfHeight)
        for row in 0..<halfHeight {
            let upper = 2 * row * width
            let lower = upper + width
            for column in 0..<halfWidth {
                let sum =
                    Int(pixels[upper + 2 * column]) + Int(pixels[upper + 2 * column + 1])
                    + Int(pixels[lower + 2 * column]) + Int(pixels[lower + 2 * column + 1])
                result[row * halfWidth + column] = UInt8(truncatingIfNeeded: (sum + 2) >> 2)
            }
        }
        return GreyPicture(width: halfWidth, height: halfHeight, pixels: result)
    }

    /// Rows become columns: a mirror image along the diagonal.
    var transposed: GreyPicture {
        var result = [UInt8](repeating: 0, count: pixels.count)
        for row in 0..<height {
            for column in 0..<width { result[column * height + row] = pixels[row * width + column] }
        }
        return GreyPicture(width: height, height: width, pixels: result)
    }

    /// Top and bottom exchanged.
    var flipped: GreyPicture {
        GreyPicture(
            width: width, height: height,
            pixels: (0..<height).reversed().flatMap { pixels[($0 * width)..<(($0 + 1) * width)] })
    }

    /// Left and right exchanged.
    var mirrored: GreyPicture { transposed.flipped.transposed }

    /// A part, larger or smaller by `scale` (bilinear), with a margin of `ground` around it. The box lies within the
    /// picture.
    func part(_ box: Box, scale: Double, margin: Int, ground: UInt8) -> GreyPicture {
        let partWidth = max(Int((Double(box.width) * scale).rounded()), 1)
        let partHeight = max(Int((Double(box.height) * scale).rounded()), 1)
        let fullWidth = partWidth + 2 * margin
        var result = [UInt8](repeating: ground, count: fullWidth * (partHeight + 2 * margin))
        for row in 0..<partHeight {
            let y = min(max((Double(row) + 0.5) / scale - 0.5, 0), Double(box.height - 1))
            let upper = (box.top + Int(y)) * width
            let lower = min(box.top + Int(y) + 1, box.bottom - 1) * width
            let down = y - y.rounded(.down)
            for column in 0..<partWidth {
                let x = min(max((Double(column) + 0.5) / scale - 0.5, 0), Double(box.width - 1))
                let left = box.left + Int(x)
                let right = min(left + 1, box.right - 1)
                let along = x - x.rounded(.down)
                let above = Double(pixels[upper + left]) * (1 - along) + Double(pixels[upper + right]) * along
                let below = Double(pixels[lower + left]) * (1 - along) + Double(pixels[lower + right]) * along
                result[(row + margin) * fullWidth + margin + column] = UInt8(
                    clamping: Int((above * (1 - down) + below * down).rounded()))
            }
        }
        return GreyPicture(width: fullWidth, height: partHeight + 2 * margin, pixels: result)
    }
}

/// A rectangle, right and bottom exclusive.
struct Box: Sendable, Hashable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    var width: Int { right - left }
    var height: Int { bottom - top }
    var area: Int { width * height }

    /// Rows and columns exchanged.
    var transposed: Box { Box(left: top, top: left, right: bottom, bottom: right) }

    mutating func include(_ other: Box) {
        left = min(left, other.left)
        top = min(top, other.top)
        right = max(right, other.right)
        bottom = max(bottom, other.bottom)
    }

    /// The area that both cover.
    func overlap(_ other: Box) -> Int {
        max(min(right, other.right) - max(left, other.left), 0)
            * max(min(bottom, other.bottom) - max(top, other.top), 0)
    }

    /// Larger on all sides, but not beyond a picture.
    func grown(by count: Int, width: Int, height: Int) -> Box {
        Box(
            left: max(left - count, 0), top: max(top - count, 0), right: min(right + count, width),
            bottom: min(bottom + count, height))
    }

    /// All edges times a factor.
    func scaled(_ factor: Int) -> Box {
        Box(left: left * factor, top: top * factor, right: right * factor, bottom: bottom * factor)
    }
}
