import ImageClassifier

extension Canvas {
    /// Letters in a line of the legend, the blank at each end included.
    private static let lineLength = 37

    /// Adds a black strip below with the scale of the colours and the legend's lines.
    mutating func addLegend(_ legend: Legend) {
        let advance = BannerFont.advance
        widen(to: Self.lineLength * advance)
        let scale = max(1, min(4, width / (Self.lineLength * advance)))
        let margin = advance * scale
        let lineHeight = (BannerFont.height + 4) * scale
        let letters = width / (advance * scale) - 2
        let lines = legend.lines.flatMap { Self.wrapped($0, to: letters) }
        let barHeight = 8 * scale
        let top = height + 4 * scale
        let rows = lines.count + (legend.hasHatching ? 1 : 0) + 2
        heighten(by: 4 * scale + barHeight + 3 * scale + rows * lineHeight)

        drawScale(left: margin, top: top, width: width - 2 * margin, height: barHeight)
        var line = top + barHeight + 3 * scale
        func right(_ text: String) -> Int { width - margin - text.count * advance * scale }
        write(legend.ticks.low, left: margin, top: line, scale: scale)
        write(legend.ticks.middle, left: (width - BannerFont.width * scale) / 2, top: line, scale: scale)
        write(legend.ticks.high, left: right(legend.ticks.high), top: line, scale: scale)
        line += lineHeight
        write(legend.ends.low, left: margin, top: line, scale: scale)
        write(legend.ends.high, left: right(legend.ends.high), top: line, scale: scale)
        line += lineHeight
        if legend.hasHatching {
            let swatch = 4 * advance * scale
            drawHatching(left: margin, top: line, width: swatch, height: BannerFont.height * scale, line: scale)
            write(Legend.hatchingWords, left: margin + swatch + margin, top: line, scale: scale)
            line += lineHeight
        }
        for words in lines {
            write(words, left: margin, top: line, scale: scale)
            line += lineHeight
        }
    }

    /// The colours as they look on a middle grey, from the lower end of the range to the upper one.
    private mutating func drawScale(left: Int, top: Int, width: Int, height: Int) {
        for column in 0..<max(width, 1) {
            let share = (Double(column) + 0.5) / Double(max(width, 1)) * 2 - 1
            fill(
                left: left + column, top: top, width: 1, height: height,
                with: ContributionScale.colour(128, share: share))
        }
    }

    private mutating func drawHatching(left: Int, top: Int, width: Int, height: Int, line: Int) {
        for row in 0..<height {
            for column in 0..<width {
                fill(
                    left: left + column, top: top + row, width: 1, height: 1,
                    with: Hatching.colour(80, row: row, column: column, line: line))
            }
        }
    }

    /// A line in pieces of at most `length` letters, parted at blanks and hyphens where there are any.
    static func wrapped(_ line: String, to length: Int) -> [String] {
        guard length > 0, line.count > length else { return [line] }
        var pieces: [String] = []
        var rest = Substring(line)
        while rest.count > length {
            let head = rest.prefix(length)
            let blank = rest.prefix(length + 1).lastIndex(of: " ") ?? rest.startIndex
            let hyphen = head.lastIndex(of: "-").map(head.index(after:)) ?? rest.startIndex
            let end = max(blank, hyphen) > rest.startIndex ? max(blank, hyphen) : head.endIndex
            pieces.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        if !rest.isEmpty { pieces.append(String(rest)) }
        return pieces
    }
}
