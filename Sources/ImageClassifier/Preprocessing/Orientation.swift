/// A turn of the stored picture by quarters, with or without mirroring: first rows and columns change places where
/// `isTransposed`, then the result is mirrored.
struct Orientation: Sendable, Equatable {
    var isTransposed = false
    /// Left and right change places, after the transposition.
    var mirrorsColumns = false
    /// Top and bottom change places, after the transposition.
    var mirrorsRows = false

    /// Nothing is turned.
    static let asStored = Orientation()

    /// The turn after which rows run to the patient's left and columns to the feet, as a frontal radiograph is read.
    ///
    /// - Parameter directions: the main direction of the rows and of the columns (PS3.3 C.7.6.1.1.1), each one of L, R,
    ///   H, F. Nil where the two do not span a frontal picture.
    init?(rows: Character, columns: Character) {
        switch (rows, columns) {
        case ("L", "F"), ("L", "H"), ("R", "F"), ("R", "H"):
            self.init(isTransposed: false, mirrorsColumns: rows == "R", mirrorsRows: columns == "H")
        case ("F", "L"), ("F", "R"), ("H", "L"), ("H", "R"):
            self.init(isTransposed: true, mirrorsColumns: columns == "R", mirrorsRows: rows == "H")
        default:
            return nil
        }
    }

    init(isTransposed: Bool = false, mirrorsColumns: Bool = false, mirrorsRows: Bool = false) {
        self.isTransposed = isTransposed
        self.mirrorsColumns = mirrorsColumns
        self.mirrorsRows = mirrorsRows
    }

    /// The turn that undoes this one.
    var inverse: Orientation {
        guard isTransposed else { return self }
        return Orientation(isTransposed: true, mirrorsColumns: mirrorsRows, mirrorsRows: mirrorsColumns)
    }

    /// Where a position of the stored picture (0…1 to the right and down) lies in the turned one.
    func turned(x: Double, y: Double) -> (x: Double, y: Double) {
        let (across, down) = isTransposed ? (y, x) : (x, y)
        return (mirrorsColumns ? 1 - across : across, mirrorsRows ? 1 - down : down)
    }

    /// Where a window of a stored picture of this size lies in the turned one.
    func turned(_ window: PixelWindow, rows: Int, columns: Int) -> PixelWindow {
        var result = window
        var (height, width) = (rows, columns)
        if isTransposed {
            result = PixelWindow(top: window.left, left: window.top, bottom: window.right, right: window.bottom)
            (height, width) = (columns, rows)
        }
        if mirrorsColumns { (result.left, result.right) = (width - result.right, width - result.left) }
        if mirrorsRows { (result.top, result.bottom) = (height - result.bottom, height - result.top) }
        return result
    }

    /// The turned picture, row by row; `pixels` holds rows × columns values.
    func turned<Value>(_ pixels: [Value], rows: Int, columns: Int) -> [Value] {
        guard self != .asStored else { return pixels }
        let (height, width) = isTransposed ? (columns, rows) : (rows, columns)
        var result: [Value] = []
        result.reserveCapacity(pixels.count)
        for row in 0..<height {
            let down = mirrorsRows ? height - 1 - row : row
            let start = mirrorsColumns ? width - 1 : 0
            // Of the stored picture: where this row begins, and how far the next pixel is.
            let step = (isTransposed ? columns : 1) * (mirrorsColumns ? -1 : 1)
            var source = isTransposed ? start * columns + down : down * columns + start
            for _ in 0..<width {
                result.append(pixels[source])
                source += step
            }
        }
        return result
    }
}
