/// A grey picture of 8 bits, 0 being black.
struct GreyImage: Sendable, Equatable {
    let rows: Int
    let columns: Int
    /// Millimetres from pixel to pixel, in the plane of the detector.
    let spacing: Double
    /// Row by row.
    let pixels: [UInt8]
}
