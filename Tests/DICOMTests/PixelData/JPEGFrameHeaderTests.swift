import Testing

@testable import DICOM

@Suite("ISO 10918-1 §B.2.2, ISO 14495-1 §C.2.2: the frame header that a codec will believe")
struct JPEGFrameHeaderTests {
    private static func frame(_ marker: UInt8) -> [UInt8] {
        [0xFF, marker, 0, 11, 12, 0x02, 0x01, 0x00, 0x80, 1, 1, 0x11, 0]
    }
    private static let start: [UInt8] = [0xFF, 0xD8]
    private static let application: [UInt8] = [0xFF, 0xE0, 0, 4, 0xFF, 0xC0]

    @Test("Every frame marker is read: baseline, extended, lossless, JPEG-LS", arguments: [0xC0, 0xC1, 0xC3, 0xF7])
    func read(marker: UInt8) throws {
        let header = try #require(JPEGFrameHeader(Self.start + Self.frame(marker)))
        #expect(header.precision == 12 && header.rows == 0x0201 && header.columns == 0x0080)
        #expect(header.components == 1)
    }

    @Test("Segments before it are stepped over, what looks like a marker inside them is not one")
    func segments() throws {
        let tables: [UInt8] = [0xFF, 0xC4, 0, 3, 0]
        // §B.1.1.2: fill bytes.
        let stream = Self.start + Self.application + tables + [0xFF, 0xFF] + Self.frame(0xC0)
        #expect(JPEGFrameHeader(stream)?.columns == 128)
    }

    @Test(
        "No header: no start, a scan first, garbage between segments, a length below two, one cut short",
        arguments: [
            [], [0xFF, 0xD8], frame(0xC0), start + [0xFF, 0xDA, 0, 4, 0, 0] + frame(0xC0),
            start + [0x00] + frame(0xC0), start + [0xFF, 0xE0, 0, 1] + frame(0xC0), start + frame(0xC0).prefix(9),
            start + [0xFF, 0xE0, 0xFF, 0xFF] + frame(0xC0), start + [0xFF, 0xD9, 0, 2] + frame(0xC0),
            start + [0xFF, 0xC0, 0, 7, 8, 0, 1, 0, 1, 1], start + [UInt8](repeating: 0xFF, count: 40),
        ] as [[UInt8]])
    func none(stream: [UInt8]) {
        #expect(JPEGFrameHeader(stream) == nil)
    }
}
