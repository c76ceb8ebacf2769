/// Finds the exposed field: near-constant borders (collimation, bars, a detector's rim, air) are cut away.
///
/// A line belongs to the border where 9 of 10 of its cells lie within .05 of the side's reference, the median of the
/// side's outermost line. Lines of which only 7 of 10 do (a marker letter lies in the border) are passed if border
/// follows. Top, bottom, left and right are tried in this order until nothing changes, each within what the others
/// left; no side loses more than 3 lines of 10.
struct ExposedField: Sendable, Equatable {
    /// .05 of the brightness, in levels.
    static let tolerance = 205

    private(set) var top = 0
    private(set) var bottom = 0
    private(set) var left = 0
    private(set) var right = 0

    /// Searches the grid; the result is how many lines of cells go at each side.
    init(_ grid: CellGrid) {
        while true {
            let before = self
            top = Self.border(grid.lines(.rows, within: left..<grid.columns - right), done: top)
            bottom = Self.border(
                grid.lines(.rows, within: left..<grid.columns - right).fromTheEnd, done: bottom)
            left = Self.border(grid.lines(.columns, within: top..<grid.rows - bottom), done: left)
            right = Self.border(
                grid.lines(.columns, within: top..<grid.rows - bottom).fromTheEnd, done: right)
            if self == before { return }
        }
    }

    /// The field in pixels of the window that the grid covers.
    func window(of grid: CellGrid, in whole: PixelWindow) -> PixelWindow {
        PixelWindow(
            top: whole.top + top * grid.side, left: whole.left + left * grid.side,
            bottom: bottom == 0 ? whole.bottom : whole.top + (grid.rows - bottom) * grid.side,
            right: right == 0 ? whole.right : whole.left + (grid.columns - right) * grid.side)
    }

    /// How many lines belong to the border, `done` of them being known to.
    private static func border(_ lines: CellLines, done: Int) -> Int {
        let reference = lines.line(0).sorted()[lines.length / 2]
        var done = done
        for index in done..<max(done, lines.count * 3 / 10) {
            let alike = lines.line(index).count { abs($0 - reference) <= tolerance }
            if alike * 10 >= 9 * lines.length {
                done = index + 1
            } else if alike * 10 < 7 * lines.length {
                break
            }
        }
        return done
    }
}

/// The rows or columns of a grid from one side, each cut to a range of its cells.
struct CellLines {
    enum Direction { case rows, columns }

    let grid: CellGrid
    let direction: Direction
    let range: Range<Int>
    var isFromTheEnd = false

    var count: Int { direction == .rows ? grid.rows : grid.columns }
    var length: Int { range.count }

    /// The same lines, counted from the other side.
    var fromTheEnd: CellLines {
        CellLines(grid: grid, direction: direction, range: range, isFromTheEnd: !isFromTheEnd)
    }

    /// The cells of one line.
    func line(_ index: Int) -> [Int] {
        let index = isFromTheEnd ? count - 1 - index : index
        switch direction {
        case .rows: return range.map { grid.levels[index * grid.columns + $0] }
        case .columns: return range.map { grid.levels[$0 * grid.columns + index] }
        }
    }
}

extension CellGrid {
    /// All rows or all columns, cut to a range.
    func lines(_ direction: CellLines.Direction, within range: Range<Int>) -> CellLines {
        CellLines(grid: self, direction: direction, range: range)
    }
}
