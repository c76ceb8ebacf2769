import JSON
import Testing

@testable import ImageClassifier

@Suite struct `VOI and modality transformation` {
    @Test(arguments: [
        "linear 40.0 400.0", "linear 2048.0 4096.0", "linear 40.5 1.0", "linearExact 40.0 400.0",
        "linearExact 40.5 1.0", "sigmoid 40.0 400.0", "sigmoid 2048.0 4096.0", "sigmoid 40.5 1.0",
    ])
    func `a window gives the golden values`(name: String) throws {
        let vectors = try TestVectors().json["voi"]
        let parts = name.split(separator: " ")
        let functions: [String: VOITransform.Function] = [
            "linear": .linear, "linearExact": .linearExact, "sigmoid": .sigmoid,
        ]
        let function = try #require(functions[String(parts[0])])
        let (centre, width) = (try #require(Double(parts[1])), try #require(Double(parts[2])))
        let window = try #require(VOITransform.window(centre, width, function))
        let expected = TestVectors.numbers(vectors?["expected"]?[name])
        let values = TestVectors.numbers(vectors?["values"])
        #expect(values.count == 12 && expected.count == 12)
        #expect(values.map { window($0) } == expected)
    }

    @Test func `the exponential function of SIGMOID is that of the reference, to the bit`() throws {
        let vector = try TestVectors().json["exponential"]
        let values = TestVectors.numbers(vector?["values"])
        #expect(values.count == 97)
        #expect(values.map { DeterministicMath.exp($0) } == TestVectors.numbers(vector?["expected"]))
    }

    @Test func `LINEAR of width one is a threshold at c minus one half`() throws {
        let window = try #require(VOITransform.window(100, 1, .linear))
        #expect(window(99.5) == 0)
        #expect(window(99.6) == 1)
    }

    @Test(arguments: [(0.5, VOITransform.Function.linear), (0, .linearExact), (-3, .sigmoid), (.nan, .linear)])
    func `a width that the function forbids gives no window`(width: Double, function: VOITransform.Function) {
        #expect(VOITransform.window(40, width, function) == nil)
    }

    @Test func `a table clamps to its first and last entry`() throws {
        let table = try #require(LookupTable(descriptor: [3, -1, 8], data: [10, 20, 255]))
        #expect([-5, -1, 0, 0.9, 1, 77].map { table($0) } == [10, 10, 20, 20, 255, 255])
        #expect(VOITransform.table(table)(5) == 1)
    }

    @Test func `zero entries in the descriptor mean 65536`() {
        let data = [UInt16](repeating: 7, count: 65536)
        #expect(LookupTable(descriptor: [0, 0, 16], data: data)?(70000) == 7)
        #expect(LookupTable(descriptor: [0, 0, 16], data: [1]) == nil)
    }

    @Test(arguments: [[2, 0, 7], [2, 0, 17], [3, 0, 8], [2, 0]])
    func `a descriptor that contradicts the data gives no table`(descriptor: [Int]) {
        #expect(LookupTable(descriptor: descriptor, data: [1, 2]) == nil)
    }

    @Test func `rescale is slope times stored value plus intercept`() {
        #expect(ModalityTransform.rescale(slope: 2, intercept: -1024)(100) == -824)
        #expect(ModalityTransform.identity(100) == 100)
    }
}
