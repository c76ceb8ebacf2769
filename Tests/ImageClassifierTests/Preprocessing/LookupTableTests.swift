import Testing

@testable import ImageClassifier

@Suite struct LookupTableTests {
    @Test(arguments: [65_536, 131_072, -65_536])
    func `a table without entries is none`(count: Int) {
        #expect(LookupTable(descriptor: [count, 0, 16], data: []) == nil)
    }

    @Test func `a descriptor of SS may have come out negative`() {
        let data = [UInt16](repeating: 7, count: 40_000)
        #expect(LookupTable(descriptor: [40_000 - 65_536, 0, 16], data: data)?(39_999) == 7)
    }
}
