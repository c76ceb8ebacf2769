/// A rectangle of pixels: from `top` and `left` up to, but not including, `bottom` and `right`.
struct PixelWindow: Sendable, Equatable {
    var top: Int
    var left: Int
    var bottom: Int
    var right: Int

    /// The whole of a picture.
    static func whole(rows: Int, columns: Int) -> PixelWindow {
        PixelWindow(top: 0, left: 0, bottom: rows, right: columns)
    }

    var rows: Int { bottom - top }
    var columns: Int { right - left }
    var isEmpty: Bool { rows <= 0 || columns <= 0 }

    /// The part that lies in both; may be empty.
    func intersection(_ other: PixelWindow) -> PixelWindow {
        PixelWindow(
            top: max(top, other.top), left: max(left, other.left), bottom: min(bottom, other.bottom),
            right: min(right, other.right))
    }
}
