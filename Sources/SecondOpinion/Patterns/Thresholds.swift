import Glibc

/// How improbable a pattern has to be in each zone, so that all patterns together stand by chance in a clean file less
/// than once in a million files (`docs/comply/deidentification.md` has the figures).
struct Thresholds: Sendable {
    private let binary: Double
    private let pixels: Double
    private let stream: Double

    /// Values of a megabyte; 128 megabytes of pixels.
    init(_ all: [PatternMatcher.Pattern]) {
        // What follows a stem decides whether it counts.
        let patterns = all.filter { !$0.isStem }
        binary = Self.least(patterns.map(\.bits), positions: 20, from: 36)
        pixels = Self.least(patterns.map(\.bits), positions: 27, from: 47)
        stream = Self.least(patterns.map(\.bitsInStream), positions: 27, from: 47)
    }

    func counts(_ pattern: PatternMatcher.Pattern, in zone: PatternMatcher.Zone) -> Bool {
        if pattern.isStem { return true }
        return switch zone {
        case .text: pattern.bits >= PatternMatcher.leastBits
        case .binary: pattern.bits >= binary
        case .pixels: pattern.bits >= pixels
        case .stream: pattern.bitsInStream >= stream
        }
    }

    /// The least bits with which the sum of all probabilities stays below one in a million.
    private static func least(_ bits: [Double], positions: Double, from least: Double) -> Double {
        let budget = exp2(-20 - positions)
        var sum = 0.0
        var last = Double.infinity
        for each in bits.sorted(by: >) where each.isFinite {
            sum += exp2(-each)
            guard sum <= budget, each >= least else { break }
            last = each
        }
        return last
    }
}
