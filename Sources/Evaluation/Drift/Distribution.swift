public import JSON

/// How a measure is distributed over images: its quantiles from 0 to 1 in steps of a hundredth. Too coarse to tell of
/// one image, fine enough to compare.
public struct Distribution: Sendable, Equatable {
    /// Images.
    public let count: Int
    /// 101 values that do not fall.
    public let quantiles: [Double]

    static let steps = 100

    /// Of the values of images; nil without any.
    public init?(_ values: [Double]) {
        let ordered = values.sorted()
        guard !ordered.isEmpty, ordered.allSatisfy(\.isFinite) else { return nil }
        count = ordered.count
        quantiles = (0...Self.steps).compactMap { quantile(Double($0) / Double(Self.steps), of: ordered) }
    }

    /// As `json` has it.
    public init(json: JSONValue) throws(EvaluationError) {
        guard let count = json["count"]?.int, count > 0, let values = json["quantiles"]?.array,
            values.count == Self.steps + 1
        else { throw EvaluationError(.referenceInvalid) }
        let quantiles = values.compactMap { $0.number?.double }
        guard quantiles.count == values.count, zip(quantiles, quantiles.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw EvaluationError(.referenceInvalid)
        }
        self.count = count
        self.quantiles = quantiles
    }

    /// For a file.
    public var json: JSONValue {
        ["count": .number(JSONNumber(count)), "quantiles": .array(quantiles.map { .real($0, places: 5) })]
    }

    /// Share of the images at or below a value, interpolated between quantiles.
    func share(atOrBelow value: Double) -> Double {
        // The quantiles that are not above the value.
        let count = quantileCount { $0 <= value }
        guard count > 0 else { return 0 }
        guard count <= Self.steps else { return 1 }
        return share(of: value, between: count - 1)
    }

    /// Share of the images below a value; another one only where many images have that very value.
    func share(below value: Double) -> Double {
        let count = quantileCount { $0 < value }
        guard count > 0 else { return 0 }
        guard count <= Self.steps else { return 1 }
        return share(of: value, between: count - 1)
    }

    private func share(of value: Double, between low: Int) -> Double {
        let width = quantiles[low + 1] - quantiles[low]
        return (Double(low) + (width > 0 ? (value - quantiles[low]) / width : 0)) / Double(Self.steps)
    }

    /// How many quantiles stand before the first that is not meant.
    private func quantileCount(where isMeant: (Double) -> Bool) -> Int {
        var (low, high) = (0, quantiles.count)
        while low < high {
            let middle = (low + high) / 2
            if isMeant(quantiles[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
