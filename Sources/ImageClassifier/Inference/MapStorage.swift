/// Where a value of a network lies in the one buffer of a run: a map with a border of one zero pixel, so that
/// convolutions need no edge cases.
struct MapStorage: Sendable {
    let rows: Int
    let columns: Int
    let channels: Int
    /// First number, in the corner of the border.
    let start: Int

    /// Numbers from the border's corner to its opposite corner.
    static func size(rows: Int, columns: Int, channels: Int) -> Int {
        (rows + 2) * (columns + 2) * channels
    }

    /// Numbers from one row to the next.
    var pitch: Int { (columns + 2) * channels }

    /// Where a pixel's channels begin; −1 and `rows` or `columns` are the border.
    func offset(row: Int, column: Int) -> Int {
        start + (row + 1) * pitch + (column + 1) * channels
    }

    /// Makes the border zero; what lay there before may have been another value.
    func clearBorder(_ numbers: UnsafeMutablePointer<Float>) {
        unsafe (numbers + start).update(repeating: 0, count: pitch)
        unsafe (numbers + start + (rows + 1) * pitch).update(repeating: 0, count: pitch)
        for row in 0..<rows {
            let left = start + (row + 1) * pitch
            unsafe (numbers + left).update(repeating: 0, count: channels)
            unsafe (numbers + left + pitch - channels).update(repeating: 0, count: channels)
        }
    }
}

/// Gives the values of a network places in one buffer; a place is used again when its value is no longer needed.
struct MapPlacement {
    private var taken: [(range: Range<Int>, lastUse: Int)] = []
    /// Numbers that the buffer must hold.
    private(set) var size = 0

    /// A place for `count` numbers that are made in a step and last read in another.
    mutating func place(_ count: Int, step: Int, lastUse: Int) -> Int {
        taken.removeAll { $0.lastUse < step }
        var start = 0
        for entry in taken.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            if start + count <= entry.range.lowerBound { break }
            start = max(start, (entry.range.upperBound + 15) & ~15)
        }
        taken.append((start..<(start + count), lastUse))
        size = max(size, start + count)
        return start
    }
}
