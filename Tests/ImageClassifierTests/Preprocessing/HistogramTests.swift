import Testing

@testable import ImageClassifier

@Suite struct HistogramTests {
    @Test func `narrowing gives what counting the smaller window gives`() throws {
        let values = formula(rows: 61, columns: 47, seed: 3, maximum: 255)
        let codes = try #require(StoredValues(try frame(values, rows: 61, columns: 47, stored: 8)))
        let outer = PixelWindow(top: 3, left: 5, bottom: 60, right: 44)
        for inner in [
            PixelWindow(top: 3, left: 5, bottom: 60, right: 44), PixelWindow(top: 10, left: 5, bottom: 33, right: 40),
            PixelWindow(top: 3, left: 9, bottom: 60, right: 10),
        ] {
            let narrowed = Histogram(codes, in: outer).narrowed(codes, from: outer, to: inner)
            #expect(narrowed == Histogram(codes, in: inner))
            #expect(narrowed.counts.reduce(0, +) == inner.rows * inner.columns)
        }
    }

    @Test func `percentiles of falling values are those of rising ones`() throws {
        let values = formula(rows: 50, columns: 50, seed: 2, maximum: 255)
        let codes = try #require(StoredValues(try frame(values, rows: 50, columns: 50, stored: 8)))
        let histogram = Histogram(codes, in: .whole(rows: 50, columns: 50))
        var header = acceptedHeader()
        header.modalityTransform = .rescale(slope: -2, intercept: 10)
        let expected = Percentile.range(of: values.map { -2 * Double($0) + 10 })
        #expect(
            ModalityTable(codes, header: header).percentiles(histogram)
                == .range(low: expected.low, high: expected.high))
        // A table in no order.
        let entries = (0..<256).map { UInt16(($0 * 77) % 256) }
        header.modalityTransform = .table(try #require(LookupTable(descriptor: [256, 0, 8], data: entries)))
        let shuffled = Percentile.range(of: values.map { Double(entries[$0]) })
        #expect(
            ModalityTable(codes, header: header).percentiles(histogram)
                == .range(low: shuffled.low, high: shuffled.high))
    }
}
