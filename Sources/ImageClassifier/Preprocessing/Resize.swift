/// One separable antialiased resize: triangle filter, support = scale (at least one pixel), aspect not kept.
///
/// Kernels alone move the probability by up to .19, so this one is part of the preprocessing version. Sums run in
/// ascending index order in Double, first down the columns, then along the rows; products and sums are rounded
/// separately. The picture comes line by line, so one pass over it feeds any number of sizes and windows, and the
/// additions of a line are independent of each other.
struct Resize: Sendable {
    struct Taps: Sendable, Equatable {
        let first: Int
        let weights: [Double]

        /// One past the last index.
        var end: Int { first + weights.count }
    }

    let window: PixelWindow
    private let down: [Taps]
    private let across: [Taps]
    /// Sums of the output rows that are begun and not yet complete, by turns.
    private var sums: [[Double]]
    private var firstOpen = 0
    private var firstUnopened = 0
    /// The result, row by row; complete after the window's last line.
    private(set) var result: [Double] = []

    /// A reduction (or enlargement) of a window to a size.
    init(_ window: PixelWindow, toRows rows: Int, columns: Int) {
        self.window = window
        down = Self.taps(from: window.rows, to: rows)
        across = Self.taps(from: window.columns, to: columns)
        sums = [[Double]](
            repeating: [Double](repeating: 0, count: window.columns), count: Self.mostOpen(down))
        result.reserveCapacity(rows * columns)
    }

    /// For each output index the input indices and their weights.
    static func taps(from length: Int, to size: Int) -> [Taps] {
        let scale = Double(length) / Double(size)
        let support = max(scale, 1)
        return (0..<size).map { index in
            let centre = (Double(index) + 0.5) * scale
            let first = max(0, Int((centre - support + 0.5).rounded(.down)))
            let last = min(length, Int((centre + support + 0.5).rounded(.down)))
            let raw = (first..<max(first, last)).map { position in
                max(0, 1 - abs((Double(position) + 0.5 - centre) / support))
            }
            let total = raw.reduce(0, +)
            return Taps(first: first, weights: raw.map { $0 / total })
        }
    }

    /// How many outputs are begun at once, at most.
    private static func mostOpen(_ taps: [Taps]) -> Int {
        var most = 1
        var oldest = 0
        for (index, tap) in taps.enumerated() {
            while taps[oldest].end <= tap.first { oldest += 1 }
            most = max(most, index - oldest + 1)
        }
        return most
    }

    /// Takes the next line of the whole picture; lines outside the window are passed over.
    mutating func add(_ line: [Double], row: Int) {
        let row = row - window.top
        guard (0..<window.rows).contains(row) else { return }
        while firstUnopened < down.count, down[firstUnopened].first <= row {
            Brightness.clear(&sums[firstUnopened % sums.count])
            firstUnopened += 1
        }
        for index in firstOpen..<firstUnopened {
            let weight = down[index].weights[row - down[index].first]
            Brightness.add(line, from: window.left, weight: weight, to: &sums[index % sums.count])
        }
        while firstOpen < firstUnopened, down[firstOpen].end <= row + 1 {
            Brightness.append(sums[firstOpen % sums.count], across, to: &result)
            firstOpen += 1
        }
    }
}
