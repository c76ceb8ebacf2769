/// 95 % intervals by drawing patients with replacement: images of one patient are not independent, so whole patients are
/// drawn (percentile method).
public struct Bootstrap: Sendable, Equatable {
    /// Drawings.
    public let rounds: Int
    /// Where the generator starts; the same seed gives the same intervals.
    public let seed: UInt64

    /// 2,000 rounds are enough for two places.
    public init(rounds: Int = 2000, seed: UInt64 = 7) {
        self.rounds = rounds
        self.seed = seed
    }

    /// With fewer patients drawing them again tells nothing of others: no interval is given.
    public static let fewestPatients = 10

    /// How often each patient was drawn, round by round.
    func forEachDrawing(of patients: Int, _ body: ([Int]) -> Void) {
        guard patients > 0 else { return }
        var generator = SplitMix64(seed: seed)
        for _ in 0..<rounds {
            var counts = Array(repeating: 0, count: patients)
            for _ in 0..<patients { counts[generator.index(below: patients)] += 1 }
            body(counts)
        }
    }

    /// The figures of a sample with their intervals.
    ///
    /// Rounds in which a figure is not defined do not count for it; where these are more than half, it is left out. A
    /// figure stands without an interval where there are fewer than `fewestPatients`, and where every drawing gives the
    /// same: an interval without width would look like certainty.
    public func intervals<Name: Hashable & Sendable>(
        _ sample: ScoredSample, _ figures: (ScoredSample) -> [Name: Double]
    ) -> [Name: Estimate] {
        guard sample.patients >= Self.fewestPatients else {
            return figures(sample).mapValues { Estimate(value: $0, interval: nil) }
        }
        var drawn: [Name: [Double]] = [:]
        forEachDrawing(of: sample.patients) { counts in
            for (name, value) in figures(sample.weighted(byPatient: counts)) { drawn[name, default: []].append(value) }
        }
        var result: [Name: Estimate] = [:]
        for (name, value) in figures(sample) {
            let values = (drawn[name] ?? []).sorted()
            guard values.count * 2 > rounds, let lower = quantile(0.025, of: values),
                let upper = quantile(0.975, of: values)
            else { continue }
            result[name] = Estimate(
                value: value, interval: lower < upper ? Interval(value: value, lower: lower, upper: upper) : nil)
        }
        return result
    }
}
