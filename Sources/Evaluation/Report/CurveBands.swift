/// Between which lines a curve lies in 95 of 100 drawings, at a hundredth of the horizontal axis each.
public struct CurveBands: Sendable, Equatable {
    /// Limits at 0, .02 … 1.
    public struct Band: Sendable, Equatable {
        /// Lower limits.
        public let lower: [Double]
        /// Upper limits.
        public let upper: [Double]
    }

    /// Precision by recall.
    public let precision: Band
    /// Sensitivity by the share of false alarms.
    public let sensitivity: Band

    static let steps = 50
    /// Places at which the bands have limits.
    public static let places = (0...steps).map { Double($0) / Double(steps) }

    /// Nil without both classes, and with too few patients to draw from.
    init?(_ sample: ScoredSample, _ bootstrap: Bootstrap) {
        guard sample.positives > 0, sample.negatives > 0, sample.patients >= Bootstrap.fewestPatients else {
            return nil
        }
        var precisions = Array(repeating: [Double](), count: Self.steps + 1)
        var sensitivities = precisions
        bootstrap.forEachDrawing(of: sample.patients) { counts in
            let curve = OperatingCurve(sample.weighted(byPatient: counts))
            guard curve.positives > 0, curve.negatives > 0 else { return }
            for (index, value) in Self.precisions(curve).enumerated() { precisions[index].append(value) }
            for (index, value) in Self.sensitivities(curve).enumerated() { sensitivities[index].append(value) }
        }
        precision = Self.band(precisions)
        sensitivity = Self.band(sensitivities)
    }

    /// Precision at the highest threshold that reaches each recall.
    private static func precisions(_ curve: OperatingCurve) -> [Double] {
        var index = 0
        return places.map { recall in
            while index + 1 < curve.points.count, curve.sensitivity(curve.points[index]) < recall - 1e-9 { index += 1 }
            // The first point calls nothing; the curve begins with the precision of the first call.
            return curve.precision(curve.points[max(index, min(1, curve.points.count - 1))])
        }
    }

    /// The best sensitivity with no more than each share of false alarms.
    private static func sensitivities(_ curve: OperatingCurve) -> [Double] {
        var index = 0
        return places.map { share in
            let allowed = share * Double(curve.negatives) + 1e-9
            while index + 1 < curve.points.count, Double(curve.points[index + 1].falsePositives) <= allowed {
                index += 1
            }
            return curve.sensitivity(curve.points[index])
        }
    }

    private static func band(_ values: [[Double]]) -> Band {
        let ordered = values.map { $0.sorted() }
        return Band(
            lower: ordered.map { quantile(0.025, of: $0) ?? 0 }, upper: ordered.map { quantile(0.975, of: $0) ?? 1 })
    }
}
