import SecondOpinion
import Testing

/// Known values and files that somebody chose so that the search takes for ever. What is asserted is work, not time.
@Suite struct HostileInputTests {
    @Test func `Percent signs that encode percent signs are decoded a few times, not for ever`() throws {
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        let text = "%" + String(repeating: "25", count: 30_000) + "41"
        let result = search.search(text: Array(text.utf8))
        #expect(result.isClean)
        #expect(result.statistics.words < 20)
        #expect(!search.search(text: Array("name=J%25C3%25B6rgine%20M%C3%BC%C3%9Figgang".utf8)).isClean)
    }

    @Test func `Thousands of identifiers that begin alike, in a file full of that, are refused`() throws {
        var identity = KnownIdentity()
        for index in 0..<4096 {
            let bits = String(index, radix: 2)
            try identity.add(
                identifier: "QXVB" + String(repeating: "1", count: 16 - bits.count) + bits.replacing("0", with: "2"))
        }
        let search = try ResidualSearch(for: identity, dates: .none)
        let pixels = Array(repeating: Array("QXVB1".utf8), count: 800_000).flatMap { $0 }
        #expect(throws: SecondOpinionError.self) {
            try search.search(WrittenFile(elements: [.init(0x7FE0_0010, "OW", pixels)]).bytes)
        }
        var generator = SeededGenerator(seed: 3)
        let noise = Streams.random(4_000_000, &generator)
        #expect(try search.search(WrittenFile(elements: [.init(0x7FE0_0010, "OW", noise)]).bytes).isClean)
    }

    @Test func `Spaced letters and tiny elements by the hundred thousand are searched`() throws {
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        let letters = Array(repeating: Array("g r ".utf8), count: 100_000).flatMap { $0 }
        let elements = (0..<50_000).map { WrittenFile.Element(0x0009_1000 + UInt32($0 % 4096), "LO", "4711") }
        let file = WrittenFile(elements: elements + [.init(0x0040_A160, "UT", letters)])
        let result = try search.search(file.bytes)
        #expect(result.isClean)
        #expect(result.statistics.words < 3 * 250_000)
    }

    @Test func `A crowd with names of another script is known in bounded memory`() throws {
        var generator = SeededGenerator(seed: 5)
        var identity = KnownIdentity()
        for _ in 0..<5000 {
            let name = KnownPeople.word("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", 12, &generator)
            try identity.add(name: "\(name)^\(String(name.reversed()))")
        }
        let patterns = try ResidualSearch(for: identity, dates: .none).search(text: []).statistics.patterns[.name] ?? 0
        #expect((10_000...1_000_000).contains(patterns))
    }
}
