/// A rectangle of an image in pixels, from the upper left corner.
public struct PixelRectangle: Sendable, Hashable {
    /// Columns from the left edge.
    public var left: Int
    /// Rows from the upper edge.
    public var top: Int
    /// Columns covered.
    public var width: Int
    /// Rows covered.
    public var height: Int

    /// Nothing is checked here.
    public init(left: Int, top: Int, width: Int, height: Int) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// Whether it has an area and lies within an image.
    func lies(within columns: Int, _ rows: Int) -> Bool {
        left >= 0 && top >= 0 && width > 0 && height > 0 && left <= columns - width && top <= rows - height
    }
}
