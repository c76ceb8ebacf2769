/// A picture reduced to square cells of integer levels, in which the exposed field is searched: noise averages out, and
/// integers leave nothing to the order of a sum.
struct CellGrid: Sendable, Equatable {
    /// White.
    static let highest = 4095.0
    /// The shorter side has at least as many cells, if it has as many pixels; so many have the training images.
    static let cells = 224

    let rows: Int
    let columns: Int
    /// Pixels along a cell's side; the last cell of a row or column may be smaller.
    let side: Int
    /// Mean level of each cell, rounded down.
    let levels: [Int]

    /// The level of a brightness 0…1.
    static func level(_ brightness: Double) -> UInt16 {
        UInt16((brightness * highest + 0.5).rounded(.down))
    }

    /// Reduces a window of a picture whose pixels have the level `levels[code]`.
    init(_ codes: StoredValues, in window: PixelWindow, levels table: [UInt16]) {
        let side = max(1, min(window.rows, window.columns) / Self.cells)
        self.side = side
        rows = (window.rows + side - 1) / side
        columns = (window.columns + side - 1) / side
        var levels: [Int] = []
        levels.reserveCapacity(rows * columns)
        var sums = [UInt32](repeating: 0, count: columns)
        for top in stride(from: window.top, to: window.bottom, by: side) {
            let bottom = min(top + side, window.bottom)
            for column in sums.indices { sums[column] = 0 }
            for row in top..<bottom {
                let line = codes.codes[row * codes.columns + window.left..<row * codes.columns + window.right]
                Self.add(line, side: side, levels: table, to: &sums)
            }
            for (column, sum) in sums.enumerated() {
                let width = min(side, window.columns - column * side)
                levels.append(Int(sum) / (width * (bottom - top)))
            }
        }
        self.levels = levels
    }

    private static func add(_ line: ArraySlice<UInt16>, side: Int, levels: [UInt16], to sums: inout [UInt32]) {
        let (line, levels) = (line.span, levels.span)
        var sums = sums.mutableSpan
        var start = 0
        for column in sums.indices {
            let end = min(start + side, line.count)
            var sum: UInt32 = 0
            for index in start..<end { sum &+= UInt32(levels[Int(line[index])]) }
            sums[column] &+= sum
            start = end
        }
    }
}
