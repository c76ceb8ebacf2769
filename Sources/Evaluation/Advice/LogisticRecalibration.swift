internal import Glibc

/// Slope and intercept by which local cases would recalibrate a probability: P = σ(slope · logit p + intercept), by
/// maximum likelihood. A slope of 1 and an intercept of 0 is a calibrated model; a slope below 1 one that is too sure.
public struct LogisticRecalibration: Sendable, Equatable {
    /// Factor of the logit.
    public let slope: Double
    /// Summand.
    public let intercept: Double

    /// Newton's method with steps that are halved until the likelihood grows; nil without both classes, or where a
    /// threshold separates them (then the likelihood has no maximum).
    public init?(_ sample: ScoredSample) {
        guard sample.positives > 0, sample.negatives > 0 else { return nil }
        let cases = zip(sample.images, sample.weights).filter { $0.1 > 0 }.map { image, weight in
            (x: Self.logit(image.probability), y: image.label ? 1.0 : 0.0, weight: Double(weight))
        }
        var (slope, intercept) = (1.0, 0.0)
        func loss(_ a: Double, _ b: Double) -> Double {
            cases.reduce(0) { sum, each in
                let z = a * each.x + b
                // log(1 + e^z) − y z without overflow.
                return sum + each.weight * (max(z, 0) + log1p(exp(-abs(z))) - each.y * z)
            }
        }
        var former = loss(slope, intercept)
        for _ in 0..<100 {
            var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for each in cases {
                let p = 1 / (1 + exp(-(slope * each.x + intercept)))
                let (d, h) = (each.weight * (p - each.y), each.weight * p * (1 - p))
                ga += d * each.x
                gb += d
                haa += h * each.x * each.x
                hab += h * each.x
                hbb += h
            }
            let determinant = haa * hbb - hab * hab
            guard determinant > 1e-12 else { return nil }
            let step = (a: (hbb * ga - hab * gb) / determinant, b: (haa * gb - hab * ga) / determinant)
            var share = 1.0
            while share > 1e-6, !(loss(slope - share * step.a, intercept - share * step.b) <= former) { share /= 2 }
            slope -= share * step.a
            intercept -= share * step.b
            former = loss(slope, intercept)
            guard slope.isFinite, intercept.isFinite, abs(slope) < 1000 else { return nil }
            if abs(step.a) + abs(step.b) < 1e-10 { break }
        }
        self.slope = slope
        self.intercept = intercept
    }

    static func logit(_ probability: Double) -> Double {
        let inside = min(max(probability, 1e-12), 1 - 1e-12)
        return log(inside / (1 - inside))
    }
}
