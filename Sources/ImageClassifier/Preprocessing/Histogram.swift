/// How often each code occurs in a window of a picture.
struct Histogram: Sendable, Equatable {
    private(set) var counts: [Int]

    /// Counts the codes in a window.
    init(_ codes: StoredValues, in window: PixelWindow) {
        counts = [Int](repeating: 0, count: codes.codeCount)
        count(codes, in: window, by: 1)
    }

    /// The same for a smaller window: what lies between the two is taken out again.
    func narrowed(_ codes: StoredValues, from outer: PixelWindow, to inner: PixelWindow) -> Histogram {
        var result = self
        let (top, bottom) = (max(inner.top, outer.top), min(inner.bottom, outer.bottom))
        for strip in [
            PixelWindow(top: outer.top, left: outer.left, bottom: top, right: outer.right),
            PixelWindow(top: bottom, left: outer.left, bottom: outer.bottom, right: outer.right),
            PixelWindow(top: top, left: outer.left, bottom: bottom, right: inner.left),
            PixelWindow(top: top, left: inner.right, bottom: bottom, right: outer.right),
        ] where !strip.isEmpty {
            result.count(codes, in: strip, by: -1)
        }
        return result
    }

    private mutating func count(_ codes: StoredValues, in window: PixelWindow, by step: Int) {
        let pixels = codes.codes.span
        var counts = counts.mutableSpan
        for row in window.top..<window.bottom {
            for index in row * codes.columns + window.left..<row * codes.columns + window.right {
                counts[Int(pixels[index])] &+= step
            }
        }
    }
}
