/// Another view of the exposed field, scored for the spread only: fractions of the field that are cut away at each
/// side, and whether the rest is mirrored left to right.
struct Framing: Sendable, Equatable {
    let top: Double
    let left: Double
    let bottom: Double
    let right: Double
    let mirrored: Bool

    /// What is left of the field, in whole pixels, halves rounded up. The caller keeps each fraction within 0…0.4.
    func window(of field: PixelWindow) -> PixelWindow {
        func cut(_ fraction: Double, _ length: Int) -> Int {
            Int((fraction * Double(length) + 0.5).rounded(.down))
        }
        return PixelWindow(
            top: field.top + cut(top, field.rows), left: field.left + cut(left, field.columns),
            bottom: field.bottom - cut(bottom, field.rows), right: field.right - cut(right, field.columns))
    }
}
