/// The last stage: clip to the image's own percentiles, subtract the mean, divide by the deviation.
enum Standardise {
    /// Images with less deviation than this hold nothing to look at.
    static let leastDeviation = 1e-6

    /// The network's input; `nil` for an image without contrast.
    static func apply(_ image: [Double]) -> [Float]? {
        let (low, high) = Percentile.range(of: image)
        let clipped = image.map { min(max($0, low), high) }
        let count = Double(clipped.count)
        let mean = clipped.reduce(0, +) / count
        let variance = clipped.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let deviation = variance.squareRoot()
        guard deviation > leastDeviation else { return nil }
        return clipped.map { Float(($0 - mean) / deviation) }
    }
}
