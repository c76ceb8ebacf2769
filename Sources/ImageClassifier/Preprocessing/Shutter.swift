/// A shutter of the Display Shutter Module (PS3.3 C.7.6.11), in rows and columns counted from 1.
enum Shutter: Sendable, Equatable {
    case rectangular(left: Int, right: Int, upper: Int, lower: Int)
    case circular(row: Int, column: Int, radius: Int)
    /// Rows and columns of the corners by turns.
    case polygonal([Int])

    /// Coordinates beyond this are of no detector.
    private static let limit = 1_000_000

    /// The smallest window that holds all that the shutter leaves open, its edge included; nil for a shutter that
    /// leaves nothing open.
    var window: PixelWindow? {
        let (rows, columns) = extent
        guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(), let right = columns.max(),
            (rows + columns).allSatisfy({ $0.magnitude <= Self.limit })
        else { return nil }
        return PixelWindow(top: top - 1, left: left - 1, bottom: bottom, right: right)
    }

    private var extent: (rows: [Int], columns: [Int]) {
        switch self {
        case .rectangular(let left, let right, let upper, let lower):
            return left < right && upper < lower ? ([upper, lower], [left, right]) : ([], [])
        case .circular(let row, let column, let radius):
            guard radius > 0, [row, column, radius].allSatisfy({ $0.magnitude <= Self.limit / 2 }) else {
                return ([], [])
            }
            return ([row - radius, row + radius], [column - radius, column + radius])
        case .polygonal(let vertices):
            guard vertices.count >= 6, vertices.count.isMultiple(of: 2) else { return ([], []) }
            let places = vertices.indices.partitioned { $0.isMultiple(of: 2) }
            return (places.0.map { vertices[$0] }, places.1.map { vertices[$0] })
        }
    }
}

extension Range<Int> {
    /// Those that meet the condition, and those that do not.
    fileprivate func partitioned(_ condition: (Int) -> Bool) -> ([Int], [Int]) {
        (filter(condition), filter { !condition($0) })
    }
}

extension [Shutter] {
    /// What all shutters together leave open of a picture; one that leaves nothing of it open is not followed.
    func window(rows: Int, columns: Int) -> PixelWindow {
        reduce(PixelWindow.whole(rows: rows, columns: columns)) { open, shutter in
            guard let rest = shutter.window?.intersection(open), !rest.isEmpty else { return open }
            return rest
        }
    }
}
