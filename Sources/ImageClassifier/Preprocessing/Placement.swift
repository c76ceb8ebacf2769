/// Where the network's input lies in the stored image.
struct Placement: Sendable, Equatable {
    /// How the stored image was turned first.
    let orientation: Orientation
    /// The exposed field in the turned image, as fractions of its width and height from the top left.
    let field: (left: Double, top: Double, right: Double, bottom: Double)

    /// The field of a turned picture of this size.
    init(orientation: Orientation, field: PixelWindow, rows: Int, columns: Int) {
        self.orientation = orientation
        let (width, height) = (Double(columns), Double(rows))
        self.field = (
            Double(field.left) / width, Double(field.top) / height, Double(field.right) / width,
            Double(field.bottom) / height
        )
    }

    /// The whole image as it is stored.
    static let whole = Placement(
        orientation: .asStored, field: .whole(rows: 1, columns: 1), rows: 1, columns: 1)

    /// From a position of the stored image to that of the network's input, both 0…1 to the right and down; nil outside
    /// the exposed field.
    func mapPosition(x: Double, y: Double) -> (x: Double, y: Double)? {
        let place = orientation.turned(x: x, y: y)
        guard field.left <= place.x, place.x <= field.right, field.top <= place.y, place.y <= field.bottom else {
            return nil
        }
        return (
            (place.x - field.left) / (field.right - field.left), (place.y - field.top) / (field.bottom - field.top)
        )
    }

    static func == (one: Placement, other: Placement) -> Bool {
        one.orientation == other.orientation && one.field == other.field
    }
}
