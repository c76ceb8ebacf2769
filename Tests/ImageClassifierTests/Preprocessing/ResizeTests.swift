import JSON
import Testing

@testable import ImageClassifier

@Suite struct `Resize, percentiles and standardisation` {
    @Test func `the formula is that of the vectors`() throws {
        let expected = (try TestVectors().json["formula"]?.array ?? []).compactMap { $0.int }
        #expect(formula(rows: 5, columns: 7, seed: 3, maximum: 4095) == expected)
    }

    @Test func `reducing gives the golden bits`() throws {
        let expected = TestVectors.numbers(try TestVectors().json["resize"]?["53x37 to 8"])
        #expect(expected.count == 64)
        #expect(resized(to: 8) == expected)
    }

    @Test func `enlarging gives the golden bits`() throws {
        let expected = TestVectors.numbers(try TestVectors().json["resize"]?["53x37 to 60"])
        #expect(expected.count == 60)
        #expect(Array(resized(to: 60)[(7 * 60)..<(8 * 60)]) == expected)
    }

    @Test(arguments: [(224, 96), (4096, 96), (97, 96), (40, 96), (96, 96), (1, 5)])
    func `the weights of each output pixel sum to one and stay inside`(length: Int, size: Int) {
        for taps in Resize.taps(from: length, to: size) {
            #expect(abs(taps.weights.reduce(0, +) - 1) < 1e-12)
            #expect(taps.first >= 0 && taps.first + taps.weights.count <= length)
        }
    }

    @Test func `percentiles are those of the nearest rank, from values as from a histogram`() throws {
        let values = formula(rows: 37, columns: 53, seed: 4, maximum: 4095).map(Double.init)
        let expected = TestVectors.numbers(try TestVectors().json["percentiles"])
        let range = Percentile.range(of: values)
        #expect([range.low, range.high] == expected)
        let histogram = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +).map { (value: $0.key, count: $0.value) }
        let counted = try #require(Percentile.range(histogram))
        #expect([counted.low, counted.high] == expected)
        #expect(Percentile.range([]) == nil)
    }

    @Test func `standardising gives the golden bits`() throws {
        let image = formula(rows: 120, columns: 101, seed: 2, maximum: 255).map { Double($0) / 256 }
        let expected = TestVectors.numbers(try TestVectors().json["standardise"])
        let result = try #require(Standardise.apply(image))
        #expect(expected.count == 202)
        #expect(result.prefix(202).map(Double.init) == expected)
    }

    @Test func `an image without contrast is not standardised`() {
        #expect(Standardise.apply([Double](repeating: 0.5, count: 100)) == nil)
    }

    @Test func `a window of a picture gives what the same picture alone gives`() throws {
        let (rows, columns) = (37, 53)
        let picture = formula(rows: rows, columns: columns, seed: 4, maximum: 4095).map(Double.init)
        let window = PixelWindow(top: 4, left: 7, bottom: 31, right: 50)
        var inside = Resize(window, toRows: 8, columns: 11)
        var alone = Resize(.whole(rows: window.rows, columns: window.columns), toRows: 8, columns: 11)
        for row in 0..<rows {
            let line = Array(picture[row * columns..<(row + 1) * columns])
            inside.add(line, row: row)
            if window.top..<window.bottom ~= row {
                alone.add(Array(line[window.left..<window.right]), row: row - window.top)
            }
        }
        #expect(inside.result.count == 88)
        #expect(inside.result == alone.result)
    }

    private func resized(to size: Int) -> [Double] {
        let values = formula(rows: 37, columns: 53, seed: 4, maximum: 4095).map { Double($0) / 4096 }
        var resize = Resize(.whole(rows: 37, columns: 53), toRows: size, columns: size)
        for row in 0..<37 { resize.add(Array(values[row * 53..<(row + 1) * 53]), row: row) }
        return resize.result
    }
}
