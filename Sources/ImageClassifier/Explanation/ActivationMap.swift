/// What each region added to (positive) or took from (negative) the score, in logit units.
///
/// The map is exact for these networks: the mean of `values` plus `bias` *is* the logit.
public struct ActivationMap: Sendable, Equatable {
    /// Height of the map.
    public let rows: Int
    /// Width of the map.
    public let columns: Int
    /// Signed contributions, row by row.
    public let values: [Double]
    /// The part of the logit that no region accounts for.
    public let bias: Double

    init(rows: Int, columns: Int, values: [Double], bias: Double) {
        self.rows = rows
        self.columns = columns
        self.values = values
        self.bias = bias
    }

    /// The mean of maps of one shape, whose logit is the mean of theirs; nil without maps or where the shapes differ.
    init?(mean maps: [ActivationMap]) {
        guard let first = maps.first,
            maps.allSatisfy({
                $0.rows == first.rows && $0.columns == first.columns && $0.values.count == first.values.count
            })
        else { return nil }
        let count = Double(maps.count)
        var sums = [Double](repeating: 0, count: first.values.count)
        var bias = 0.0
        for map in maps {
            for index in sums.indices { sums[index] += map.values[index] }
            bias += map.bias
        }
        self.init(rows: first.rows, columns: first.columns, values: sums.map { $0 / count }, bias: bias / count)
    }

    /// Mean of the map plus bias.
    public var logit: Double {
        values.reduce(0, +) / Double(max(values.count, 1)) + bias
    }

    /// The map with left and right exchanged; its logit is the same but for the order of the sum.
    func mirrored() -> ActivationMap {
        var result: [Double] = []
        result.reserveCapacity(values.count)
        for row in 0..<rows { result += values[(row * columns)..<((row + 1) * columns)].reversed() }
        return ActivationMap(rows: rows, columns: columns, values: result, bias: bias)
    }

    /// The contribution at a place from 0 to 1 of the network's input: bilinear between the centres of the regions,
    /// constant beyond the outer ones. 0 for an empty map.
    func value(x: Double, y: Double) -> Double {
        guard rows > 0, columns > 0 else { return 0 }
        let (top, bottom, down) = Self.neighbours(y, rows)
        let (left, right, across) = Self.neighbours(x, columns)
        let upper = mix(values[top * columns + left], values[top * columns + right], across)
        let lower = mix(values[bottom * columns + left], values[bottom * columns + right], across)
        return mix(upper, lower, down)
    }

    private func mix(_ first: Double, _ second: Double, _ share: Double) -> Double {
        first + (second - first) * share
    }

    private static func neighbours(_ place: Double, _ length: Int) -> (low: Int, high: Int, share: Double) {
        let position = min(max(place * Double(length) - 0.5, 0), Double(length - 1))
        let low = Int(position)
        return (low, min(low + 1, length - 1), position - Double(low))
    }
}
