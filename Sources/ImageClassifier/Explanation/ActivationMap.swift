/// What each region added to (positive) or took from (negative) the score, in logit units.
///
/// The map is exact for this network: the mean of `values` plus `bias` *is* the logit.
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

    /// Mean of the map plus bias.
    public var logit: Double {
        values.reduce(0, +) / Double(max(values.count, 1)) + bias
    }

    /// The map stretched over an image, bilinear between the centres of the regions and constant beyond the outer ones.
    public func upsampled(rows targetRows: Int, columns targetColumns: Int) -> [Double] {
        guard rows > 0, columns > 0, targetRows > 0, targetColumns > 0 else { return [] }
        let vertical = Self.positions(rows, targetRows)
        let horizontal = Self.positions(columns, targetColumns)
        var result: [Double] = []
        result.reserveCapacity(targetRows * targetColumns)
        for y in vertical {
            for x in horizontal {
                let top = mix(values[y.low * columns + x.low], values[y.low * columns + x.high], x.share)
                let bottom = mix(values[y.high * columns + x.low], values[y.high * columns + x.high], x.share)
                result.append(mix(top, bottom, y.share))
            }
        }
        return result
    }

    private func mix(_ first: Double, _ second: Double, _ share: Double) -> Double {
        first + (second - first) * share
    }

    private static func positions(_ length: Int, _ target: Int) -> [(low: Int, high: Int, share: Double)] {
        (0..<target).map { index in
            let centre = (Double(index) + 0.5) * Double(length) / Double(target) - 0.5
            let position = min(max(centre, 0), Double(length - 1))
            let low = Int(position)
            return (low, min(low + 1, length - 1), position - Double(low))
        }
    }
}
