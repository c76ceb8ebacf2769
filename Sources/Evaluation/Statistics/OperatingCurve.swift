/// What each threshold would do to a sample: the one walk from which ROC and precision–recall come.
public struct OperatingCurve: Sendable, Equatable {
    /// The counts where every image at or above a threshold is called positive.
    public struct Point: Sendable, Equatable {
        /// The threshold; infinite at the first point, where nothing is called.
        public let threshold: Double
        /// Positive images that are called.
        public let truePositives: Int
        /// Negative images that are called.
        public let falsePositives: Int
    }

    /// From the highest threshold to the lowest; images of the same probability make one point.
    public let points: [Point]
    /// Positive images.
    public let positives: Int
    /// Negative images.
    public let negatives: Int

    /// Walks over a sample.
    public init(_ sample: ScoredSample) {
        var points = [Point(threshold: .infinity, truePositives: 0, falsePositives: 0)]
        points.reserveCapacity(sample.images.count + 1)
        var (called, alarms) = (0, 0)
        for (index, image) in sample.images.enumerated() {
            if image.label { called += sample.weights[index] } else { alarms += sample.weights[index] }
            let isLastOfTie =
                index + 1 == sample.images.count || sample.images[index + 1].probability != image.probability
            let last = points[points.count - 1]
            guard isLastOfTie, called != last.truePositives || alarms != last.falsePositives else { continue }
            points.append(Point(threshold: image.probability, truePositives: called, falsePositives: alarms))
        }
        self.points = points
        (positives, negatives) = (called, alarms)
    }

    /// Share of the positives that a point calls.
    public func sensitivity(_ point: Point) -> Double { Double(point.truePositives) / Double(positives) }
    /// Share of the negatives that a point leaves alone.
    public func specificity(_ point: Point) -> Double { 1 - Double(point.falsePositives) / Double(negatives) }
    /// Share of the called that are positive; 1 where nothing is called, the usual end of the curve.
    public func precision(_ point: Point) -> Double {
        let called = point.truePositives + point.falsePositives
        return called == 0 ? 1 : Double(point.truePositives) / Double(called)
    }

    /// Area under the ROC curve by trapezoids, so that a tie counts half; nil without both classes.
    public var areaUnderROC: Double? {
        guard positives > 0, negatives > 0 else { return nil }
        var doubled = 0
        for (former, point) in zip(points, points.dropFirst()) {
            doubled += (point.falsePositives - former.falsePositives) * (point.truePositives + former.truePositives)
        }
        return Double(doubled) / 2 / (Double(positives) * Double(negatives))
    }

    /// Average precision: each step in recall weighs the precision at its end. Nothing is interpolated, because linear
    /// interpolation in this plane flatters (Davis, Goadrich, ICML 2006).
    public var averagePrecision: Double? {
        guard positives > 0, negatives > 0 else { return nil }
        var sum = 0.0
        for (former, point) in zip(points, points.dropFirst()) {
            sum += Double(point.truePositives - former.truePositives) * precision(point)
        }
        return sum / Double(positives)
    }

    /// The highest sensitivity of any threshold with at least this specificity.
    public func point(atSpecificity aim: Double) -> Point? {
        guard positives > 0, negatives > 0 else { return nil }
        let allowed = (1 - aim) * Double(negatives)
        // A hair of tolerance, because 1 − .88 is not .12 in binary.
        return points.last { Double($0.falsePositives) <= allowed + 1e-9 }
    }

    /// The highest threshold with at least this sensitivity.
    public func point(atSensitivity aim: Double) -> Point? {
        guard positives > 0, negatives > 0 else { return nil }
        return points.first { Double($0.truePositives) >= aim * Double(positives) - 1e-9 }
    }
}
