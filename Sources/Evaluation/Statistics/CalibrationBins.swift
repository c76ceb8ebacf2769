/// How often what was said to be probable happened: images in ten bins of equal width.
public struct CalibrationBins: Sendable, Equatable {
    /// Images whose probability lies between two limits.
    public struct Bin: Sendable, Equatable {
        /// The lower limit; the upper is the next bin's.
        public let lower: Double
        /// Images.
        public let count: Int
        /// Positive images.
        public let positives: Int
        /// Mean of the probabilities.
        public let meanProbability: Double

        /// Share of positive images.
        public var observed: Double { Double(positives) / Double(count) }
    }

    /// The bins that hold an image, from low to high.
    public let bins: [Bin]
    /// Mean distance of said and observed, weighted by images; nil without images.
    public let expectedError: Double?
    /// Mean square of the distance of probability and truth (Brier); nil without images.
    public let brier: Double?
    /// Mean probability less share of positives: above 0 the model says too much.
    public let excess: Double?

    static let count = 10

    /// Sorts a sample into bins: the bin of p is ⌊10 p⌋, of 1 the last.
    public init(_ sample: ScoredSample) {
        var counts = Array(repeating: 0, count: Self.count)
        var positives = counts
        var sums = Array(repeating: 0.0, count: Self.count)
        var squares = 0.0
        for (image, weight) in zip(sample.images, sample.weights) where weight > 0 {
            let bin = min(max(Int(image.probability * Double(Self.count)), 0), Self.count - 1)
            counts[bin] += weight
            if image.label { positives[bin] += weight }
            sums[bin] += Double(weight) * image.probability
            let distance = image.probability - (image.label ? 1 : 0)
            squares += Double(weight) * distance * distance
        }
        bins = (0..<Self.count).filter { counts[$0] > 0 }.map { index in
            Bin(
                lower: Double(index) / Double(Self.count), count: counts[index], positives: positives[index],
                meanProbability: sums[index] / Double(counts[index]))
        }
        let total = Double(counts.reduce(0, +))
        guard total > 0 else {
            (expectedError, brier, excess) = (nil, nil, nil)
            return
        }
        expectedError = bins.reduce(0) { $0 + abs($1.meanProbability - $1.observed) * Double($1.count) } / total
        brier = squares / total
        excess = (sums.reduce(0, +) - Double(positives.reduce(0, +))) / total
    }
}
