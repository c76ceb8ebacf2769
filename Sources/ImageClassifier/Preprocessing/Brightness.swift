/// The loops over the brightness of a line; all the time of the preprocessing is spent here.
enum Brightness {
    /// Looks up a line of codes.
    static func look(_ codes: [UInt16], row: Int, in table: [Double], to line: inout [Double]) {
        let (codes, table) = (codes.span, table.span)
        var line = line.mutableSpan
        let start = row * line.count
        for column in line.indices { line[column] = table[Int(codes[start &+ column])] }
    }

    /// All sums to zero.
    static func clear(_ sums: inout [Double]) {
        var sums = sums.mutableSpan
        for index in sums.indices { sums[index] = 0 }
    }

    /// Adds a part of a line, as long as the sums, with a weight.
    static func add(_ line: [Double], from start: Int, weight: Double, to sums: inout [Double]) {
        let line = line.span.extracting(start..<start + sums.count)
        var sums = sums.mutableSpan
        for index in sums.indices { sums[index] += weight * line[index] }
    }

    /// Sums along a line, one for each output.
    static func append(_ line: [Double], _ taps: [Resize.Taps], to result: inout [Double]) {
        for tap in taps {
            var sum = 0.0
            for (offset, weight) in tap.weights.enumerated() { sum += weight * line[tap.first + offset] }
            result.append(sum)
        }
    }
}
