import Testing

@testable import ImageClassifier

@Suite struct `Activation map and overlay` {
    @Test func `stretching keeps the corners and runs linearly between the centres`() {
        let map = ActivationMap(rows: 1, columns: 2, values: [0, 4], bias: 0)
        #expect(map.upsampled(rows: 1, columns: 8) == [0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4])
        #expect(map.upsampled(rows: 2, columns: 2) == [0, 4, 0, 4])
        #expect(map.logit == 2)
    }

    @Test func `what raised the score is red, what lowered it blue, nothing stays grey`() throws {
        let image = try finding(values: [10, -10, 0], range: 10)
        let pixels = overlay(image).pixels
        #expect(pixels.count == 9)
        #expect(pixels[0] > pixels[1] && pixels[0] > pixels[2])
        #expect(pixels[5] > pixels[3] && pixels[5] > pixels[4])
        #expect(Array(pixels[6...]) == [100, 100, 100])
    }

    @Test func `the range is fixed: the same value has the same colour whatever the rest of the map`() throws {
        let faint = overlay(try finding(values: [1, 0, 0], range: 10)).pixels
        let beside = overlay(try finding(values: [1, -30, 30], range: 10)).pixels
        #expect(faint[0..<3] == beside[0..<3])
        #expect(overlay(try finding(values: [1, 0, 0], range: 20)).pixels[0..<3] != faint[0..<3])
    }

    @Test func `a grey image has one byte per pixel`() {
        #expect(GrayImage(rows: 2, columns: 2, pixels: [1, 2, 3]) == nil)
        #expect(GrayImage(rows: 0, columns: 2, pixels: []) == nil)
        #expect(GrayImage(rows: .max, columns: 2, pixels: []) == nil)
    }

    private func finding(values: [Double], range: Double) throws -> Finding {
        Finding(
            probability: 0.5, logit: 0, decision: .indeterminate, threshold: 0.5, indeterminate: 0.2...0.8,
            map: ActivationMap(rows: 1, columns: 3, values: values, bias: 0), mapRange: range, instance: 0,
            viewPosition: "AP", caveats: [], model: try Bundled.model().identity,
            image: try #require(GrayImage(rows: 1, columns: 3, pixels: [100, 100, 100])))
    }
}
