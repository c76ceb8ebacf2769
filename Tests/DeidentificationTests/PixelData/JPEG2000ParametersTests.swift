import Testing

@testable import Deidentification

@Suite("JPEG 2000: what no decoder needs has no place (ISO 15444-1 Annex A)")
struct JPEG2000ParametersTests {
    private static let size = Streams.size(rows: 16, columns: 16)

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] { Streams.segment(marker, content) }

    private static func stream(main: [UInt8] = [], tile: [UInt8] = [], isLengthStated: Bool = true) -> [UInt8] {
        Streams.codestream(
            size: size, main: main, parts: Streams.tilePart(header: tile, isLengthStated: isLengthStated))
    }

    private func cleaned(_ stream: [UInt8]) -> [UInt8]? { JPEG2000Stream.withoutTexts(stream) }

    @Test("What points into the stream goes, whatever it holds; the length of its tile-part is put right")
    func pointers() {
        let plain = Self.stream()
        #expect(cleaned(plain) == plain)
        // PLM CRG COM, PLT COM
        for marker: UInt8 in [0x57, 0x63, 0x64] {
            #expect(cleaned(Self.stream(main: Self.segment(marker, Streams.secret))) == plain, "\(marker)")
        }
        for marker: UInt8 in [0x58, 0x64] {
            #expect(cleaned(Self.stream(tile: Self.segment(marker, Streams.secret))) == plain, "\(marker)")
            let open = Self.stream(tile: Self.segment(marker, Streams.secret), isLengthStated: false)
            #expect(cleaned(open) == Self.stream(isLengthStated: false), "\(marker)")
        }
    }

    @Test("TLM, which HTJ2K RPCL asks for (PS3.5 §10.18), is written anew in its form, and goes where it cannot be")
    func lengths() {
        let comment = Self.segment(0x64, [0, 1] + Streams.secret)
        let parts = Streams.tilePart(0, of: 2, header: comment) + Streams.tilePart(0, part: 1, of: 2)
        let cleanParts = Streams.tilePart(0, of: 2) + Streams.tilePart(0, part: 1, of: 2)
        func stream(_ main: [UInt8], _ parts: [UInt8]) -> [UInt8] {
            Streams.codestream(size: Self.size, main: main, parts: parts)
        }
        let forms: [(planted: [UInt8], right: [UInt8])] = [
            (Array("JANEJANEJANE".utf8), [0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 0, 18]),
            (Array("JANE D".utf8), [0, 0, 18, 0, 0, 18]),
        ]
        for (form, entries) in zip([0x60, 0x10] as [UInt8], forms) {
            let planted = Self.segment(0x55, [9, form] + entries.planted)
            let right = Self.segment(0x55, [0, form] + entries.right)
            #expect(cleaned(stream(planted, parts)) == stream(right, cleanParts), "\(form)")
            #expect(cleaned(stream(right, cleanParts)) == stream(right, cleanParts), "\(form)")
        }
        // Another number of tile-parts, a form that there is not, tiles out of order without an index.
        for content: [UInt8] in [
            [0, 0x60] + Streams.secret, [0, 0x30] + [UInt8](repeating: 0x4A, count: 10), [0x4A], [],
            [0, 0] + Array("JANE".utf8),
        ] {
            #expect(cleaned(stream(Self.segment(0x55, content), cleanParts)) == stream([], cleanParts), "\(content)")
        }
    }

    @Test("POC: as long as its changes of progression, each within what there is")
    func progression() {
        let change: [UInt8] = [0, 0, 0, 1, 1, 1, 0]
        for contents in [change, change + [1, 0, 0, 1, 33, 0, 4]] {
            let segment = Self.segment(0x5F, contents)
            #expect(cleaned(Self.stream(main: segment)) == Self.stream(main: segment))
            #expect(cleaned(Self.stream(tile: segment)) == Self.stream(tile: segment))
        }
        let wrong: [[UInt8]] = [
            [], Streams.secret, change + [0], Array(change.dropLast()), [1, 0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 34, 1, 0],
            [0, 1, 0, 1, 1, 2, 0], [0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1, 5], Array("JANEDOE".utf8),
        ]
        for content in wrong {
            #expect(cleaned(Self.stream(main: Self.segment(0x5F, content))) == nil, "\(content)")
            #expect(cleaned(Self.stream(tile: Self.segment(0x5F, content))) == nil, "\(content)")
        }
        let twice = Self.segment(0x5F, change) + Self.segment(0x5F, change)
        #expect(cleaned(Self.stream(main: twice)) == nil)
    }

    @Test("Coding styles, quantisation and regions are as long as what they define, once, and for components there are")
    func definitions() {
        let right: [[UInt8]] = [
            Self.segment(0x53, [0, 0, 2, 1, 1, 0, 0])
                + Self.segment(0x5D, [0, 0x40] + [UInt8](repeating: 8, count: 7)),
            Self.segment(0x5D, [0, 0x41, 0x48, 0]), Self.segment(0x5D, [0, 0x42, 0x48, 0, 0x48, 0]),
            Self.segment(0x53, [0, 1, 1, 1, 1, 0, 0, 0x77, 0x88]), Self.segment(0x5E, [0, 0, 3]),
            Self.segment(0x50, [0, 2, 0, 0, 0, 3]), Self.segment(0x59, [0, 1]),
        ]
        for segments in right {
            #expect(cleaned(Self.stream(main: segments)) == Self.stream(main: segments), "\(segments)")
        }
        let wrong: [[UInt8]] = [
            // Steps beyond the subbands, odd words, an unknown style
            Self.segment(0x5D, [0, 0x40] + Streams.secret), Self.segment(0x5D, [0, 0x41, 0x48, 0, 0]),
            Self.segment(0x5D, [0, 0x42, 0x48, 0, 0x48]), Self.segment(0x5D, [0, 0x43, 0x48]),
            // A component that there is not
            Self.segment(0x5D, [1, 0x40, 0x48]), Self.segment(0x53, [1, 0, 1, 1, 1, 0, 0]),
            Self.segment(0x5E, [1, 0, 3]),
            // Longer than it says, again, of the default
            Self.segment(0x53, [0, 0, 1, 1, 1, 0, 0] + Streams.secret), Self.segment(0x5E, [0, 0, 3, 0x4A]),
            Self.segment(0x50, [0, 2, 0, 0, 0, 3, 0x4A, 0x41]), Self.segment(0x59, Streams.secret), Streams.coding,
            Self.segment(0x5D, [0, 0x40, 0x48]) + Self.segment(0x5D, [0, 0x40, 0x48]),
            // Packet headers apart from packets, and what is only for tile-parts
            Self.segment(0x60, [0] + Streams.secret), Self.segment(0x61, [0] + Streams.secret),
            Self.segment(0x58, [0] + Streams.secret), Self.segment(0x6F, Streams.secret),
        ]
        for segments in wrong { #expect(cleaned(Self.stream(main: segments)) == nil, "\(segments)") }
        #expect(cleaned(Self.stream(tile: Self.segment(0x61, [0] + Streams.secret))) == nil)
        let long = Self.segment(0x52, [0, 0, 0, 1, 0, 1, 1, 1, 0, 0] + Streams.secret)
        for coding in [long + Self.segment(0x5C, [0x40, 0x40]), Self.segment(0x5C, [0x40, 0x40]), []] {
            #expect(cleaned(Streams.codestream(size: Self.size, coding: coding)) == nil)
        }
    }

    @Test("Tile-parts are of tiles that there are, and in their order")
    func tiles() {
        let size = Streams.size(rows: 16, columns: 16, tile: 8)
        func stream(_ parts: [UInt8]...) -> [UInt8] { Streams.codestream(size: size, parts: Array(parts.joined())) }
        let whole: [UInt8] = Array((0..<4).map { Streams.tilePart($0) }.joined())
        #expect(cleaned(stream(whole)) == stream(whole))
        let mixed = Streams.tilePart(0, of: 0) + Streams.tilePart(1) + Streams.tilePart(0, part: 1, of: 2)
        #expect(cleaned(stream(mixed)) == stream(mixed))
        for stranger in [
            Streams.tilePart(4), Streams.tilePart(65_535), Streams.tilePart(0), Streams.tilePart(0, part: 2, of: 3),
        ] { #expect(cleaned(stream(whole, stranger)) == nil) }
        #expect(cleaned(stream(Streams.tilePart(0, of: 1), Streams.tilePart(0, part: 1, of: 1))) != nil)
        #expect(
            cleaned(
                stream(Streams.tilePart(), Streams.tilePart(0, part: 1), Streams.tilePart(0, part: 2))) == nil)
    }

    @Test("A second codestream behind the packets is refused; markers around packets stay")
    func packets() {
        let hidden = Streams.packets + Self.stream()
        for isLengthStated in [true, false] {
            func stream(_ packets: [UInt8]) -> [UInt8] {
                Streams.codestream(
                    size: Self.size, parts: Streams.tilePart(packets: packets, isLengthStated: isLengthStated))
            }
            #expect(cleaned(stream(hidden)) == nil)
            let marked: [UInt8] = [0xFF, 0x91, 0, 4, 0, 0, 1, 2, 0xFF, 0x92, 3, 0xFF, 0x7F, 4]
            #expect(cleaned(stream(marked)) == stream(marked))
        }
    }
}
