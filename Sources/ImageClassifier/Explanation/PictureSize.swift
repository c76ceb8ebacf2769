/// How large an explanation is drawn.
///
/// As large as the rendered image is, which has the pixels of the original up to 1024 a side. Only where its short side
/// is below 400 pixels is it enlarged, by the smallest whole number that makes map and words legible (and not beyond
/// 2048 a side): that adds pixels, no detail.
public struct PictureSize: Sendable, Equatable {
    /// Height in pixels.
    public let rows: Int
    /// Width in pixels.
    public let columns: Int

    static let legibleSide = 400
    static let longestSide = 2048

    /// Makes a size of at least one pixel a side.
    public init(rows: Int, columns: Int) {
        self.rows = max(rows, 1)
        self.columns = max(columns, 1)
    }

    /// The size for an image.
    public init(of image: GrayImage) {
        let short = min(image.rows, image.columns)
        let wanted = (Self.legibleSide + short - 1) / short
        let factor = max(1, min(wanted, Self.longestSide / max(image.rows, image.columns)))
        self.init(rows: image.rows * factor, columns: image.columns * factor)
    }

    /// The same shape with sides of `share` of these.
    public func scaled(by share: Double) -> PictureSize {
        PictureSize(
            rows: Int((Double(rows) * share).rounded()), columns: Int((Double(columns) * share).rounded()))
    }
}
