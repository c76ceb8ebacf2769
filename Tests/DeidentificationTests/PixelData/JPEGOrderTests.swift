import Testing

@testable import Deidentification

@Suite("JPEG and JPEG-LS: what no decoder needs has no place (ISO 10918-1 §B.2, ISO 14495-1 §C.2)")
struct JPEGOrderTests {
    private static let frame = Streams.frame(0xC0, lines: 16, samples: 40)

    /// DRI.
    private static func interval(_ units: Int) -> [UInt8] { Streams.segment(0xDD, Streams.bigEndian(units, 2)) }

    /// Data of a scan with restart markers.
    private static func data(_ markers: [UInt8]) -> [UInt8] {
        var data: [UInt8] = [7]
        for marker in markers { data += [0xFF, marker, 7] }
        return data
    }

    private static func scan(_ markers: [UInt8], _ components: [UInt8] = [1]) -> [UInt8] {
        Streams.scan(components, data: data(markers))
    }

    private func stays(_ stream: [UInt8]) -> Bool { JPEGStream.withoutTexts(stream) == stream }
    private func isRefused(_ stream: [UInt8]) -> Bool { JPEGStream.withoutTexts(stream) == nil }

    @Test("Restart markers: none without an interval, in their order, one fewer than there are intervals")
    func restarts() {
        // 40 × 16 are ten blocks: of four, three intervals.
        #expect(stays(Streams.jpeg(Self.interval(4), Self.frame, Self.scan([0xD0, 0xD1]))))
        #expect(stays(Streams.jpeg(Self.interval(4), Self.frame, Self.scan([]))))
        let ten: [UInt8] = (0..<10).map { 0xD0 + $0 % 8 }
        #expect(stays(Streams.jpeg(Self.interval(1), Self.frame, Self.scan(Array(ten.dropLast())))))
        #expect(isRefused(Streams.jpeg(Self.interval(1), Self.frame, Self.scan(ten))))
        for markers: [UInt8] in [[0xD0, 0xD1, 0xD2], [0xD1], [0xD0, 0xD0], [0xD0, 0xD2]] {
            #expect(isRefused(Streams.jpeg(Self.interval(4), Self.frame, Self.scan(markers))), "\(markers)")
        }
        let behind = Streams.scan([1], data: [7, 0xFF, 0xD0 as UInt8] + Streams.secret)
        #expect(isRefused(Streams.jpeg(Self.frame, behind)))
        #expect(isRefused(Streams.jpeg(Self.interval(0), Self.frame, behind)))
        #expect(isRefused(Streams.jpeg(Self.interval(10), Self.frame, behind)))
    }

    @Test("Units are blocks, of interleaved components together, samples of lossless and lines of JPEG-LS")
    func units() throws {
        func units(_ marker: UInt8, _ sampling: UInt8, _ scanned: [UInt8]) throws -> Int {
            let content = Array(
                Streams.frame(marker, lines: 17, samples: 41, components: 3, sampling: sampling).dropFirst(4))
            return try #require(JPEGFrame(marker, content: content)).units(of: scanned)
        }
        #expect(try units(0xC0, 0x11, [1, 2, 3]) == 6 * 3)
        #expect(try units(0xC0, 0x22, [1, 2, 3]) == 3 * 2)
        #expect(try units(0xC1, 0x22, [1]) == 6 * 3)
        #expect(try units(0xC2, 0x22, [2]) == 3 * 2)
        #expect(try units(0xC0, 0x21, [3]) == 3 * 3)
        #expect(try units(0xC3, 0x11, [1]) == 41 * 17)
        #expect(try units(0xC3, 0x21, [1, 2, 3]) == 21 * 17)
        #expect(try units(0xF7, 0x11, [1, 2, 3]) == 17)
    }

    @Test("A component comes in one scan; a progressive coefficient comes once, then one bit after the other")
    func scans() {
        let colour = Streams.frame(0xC0, lines: 16, samples: 40, components: 3)
        #expect(stays(Streams.jpeg(colour, Self.scan([], [1, 2, 3]))))
        #expect(stays(Streams.jpeg(colour, Self.scan([], [1]), Self.scan([], [2]), Self.scan([], [3]))))
        #expect(isRefused(Streams.jpeg(colour, Self.scan([], [1, 2, 3]), Self.scan([], [2]))))
        #expect(isRefused(Streams.jpeg(colour, Self.scan([], [1, 1, 2]))))
        #expect(isRefused(Streams.jpeg(Self.frame, Self.scan([]), Self.scan([]))))
        let progressive = Streams.frame(0xC2, lines: 16, samples: 40)
        func scan(_ selection: [UInt8]) -> [UInt8] { Streams.scan([1], selection) }
        let selections: [[UInt8]] = [[0, 0, 1], [1, 63, 2], [1, 63, 0x21], [0, 0, 0x10], [1, 63, 0x10]]
        let whole: [UInt8] = Array(selections.map { scan($0) }.joined())
        #expect(stays(Streams.jpeg(progressive, whole)))
        for again: [UInt8] in [[0, 0, 0], [0, 0, 1], [1, 63, 2], [5, 5, 0x10], [1, 63, 0x32]] {
            #expect(isRefused(Streams.jpeg(progressive, whole, scan(again))), "\(again)")
        }
    }

    @Test("Components of one name, and sampling factors that there are not, are refused")
    func components() {
        let twice = Streams.segment(0xC0, [8, 0, 16, 0, 40, 2, 1, 0x11, 0, 1, 0x11, 0])
        #expect(isRefused(Streams.jpeg(twice, Self.scan([]))))
        for sampling: UInt8 in [0x00, 0x01, 0x51, 0x4A] {
            let frame = Streams.frame(0xC0, lines: 16, samples: 40, sampling: sampling)
            #expect(isRefused(Streams.jpeg(frame, Self.scan([]))), "\(sampling)")
        }
    }

    @Test("Intervals and thresholds that no scan uses are refused, and thresholds that cannot be")
    func leftOver() {
        let frame = Streams.frame(0xF7, lines: 16, samples: 40, precision: 12)
        let scan = Streams.scan([1], [0, 0, 0])
        func thresholds(_ values: [Int]) -> [UInt8] {
            var content: [UInt8] = [1]
            for value in values { content += Streams.bigEndian(value, 2) }
            return Streams.segment(0xF8, content)
        }
        let right = thresholds([4_095, 18, 67, 276, 64])
        #expect(stays(Streams.jpeg(frame, right, scan)))
        #expect(stays(Streams.jpeg(frame, thresholds([0, 0, 0, 0, 0]), scan)))
        #expect(isRefused(Streams.jpeg(frame, right, right, scan)))
        #expect(isRefused(Streams.jpeg(frame, right, scan, right)))
        let wrong = [
            [4_096, 18, 67, 276, 64], [4_095, 68, 67, 276, 64], [255, 18, 67, 276, 64], [255, 3, 7, 21, 2],
        ]
        for values in wrong {
            #expect(isRefused(Streams.jpeg(frame, thresholds(values), scan)), "\(values)")
        }
        #expect(isRefused(Streams.jpeg(frame, Streams.segment(0xF8, [1] + Streams.secret.prefix(10)), scan)))
        #expect(isRefused(Streams.jpeg(Self.interval(4), Self.interval(4), Self.frame, Self.scan([]))))
        #expect(isRefused(Streams.jpeg(Self.frame, Self.scan([]), Self.interval(4))))
    }

    @Test("Between the bytes of a scan stands no other marker: FF before 00, in JPEG-LS before a byte below 80")
    func stuffing() {
        let lossless = Streams.frame(0xF7, lines: 16, samples: 40)
        #expect(stays(Streams.jpeg(Self.frame, Streams.scan([1], data: [7, 0xFF, 0, 7]))))
        #expect(stays(Streams.jpeg(lossless, Streams.scan([1], [0, 0, 0], data: [7, 0xFF, 0x4A, 7]))))
        for byte: UInt8 in [0x01, 0x4A, 0x80, 0xBF] {
            #expect(isRefused(Streams.jpeg(Self.frame, Streams.scan([1], data: [7, 0xFF, byte, 7]))), "\(byte)")
        }
        #expect(isRefused(Streams.jpeg(lossless, Streams.scan([1], [0, 0, 0], data: [7, 0xFF, 0x80, 7]))))
    }

    @Test("Of segments that say how colours are decoded only that stays, once each")
    func colours() {
        func adobe(_ version: [UInt8], _ transform: UInt8) -> [UInt8] {
            let name = Array("Adobe".utf8)
            return Streams.segment(0xEE, name + version + [transform])
        }
        func jfif(_ rest: [UInt8]) -> [UInt8] { Streams.segment(0xE0, Array("JFIF\0".utf8) + rest) }
        let scan = Self.scan([])
        let plain = Streams.jpeg(jfif([1, 1, 0, 0, 1, 0, 1, 0, 0]), adobe([0, 100, 0, 0, 0, 0], 1), Self.frame, scan)
        #expect(stays(plain))
        let names = Array("JANE DOE-".utf8)
        let planted = Streams.jpeg(
            jfif(names), jfif(names), adobe(Array(names.prefix(6)), 1), adobe(Array(names.prefix(6)), 0), Self.frame,
            scan)
        #expect(JPEGStream.withoutTexts(planted) == plain)
        #expect(isRefused(Streams.jpeg(adobe([0, 100, 0, 0, 0, 0], 0x4A), Self.frame, scan)))
    }
}
