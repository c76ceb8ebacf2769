import DICOM
import Deidentification
import Testing

@Suite("PS3.5 §8.2: a compressed stream holds the picture that the header says, and no other")
struct StreamShapeTests {
    private static func cleaner(
        _ syntax: TransferSyntax, samples: Int = 1, allocated: Int = 8, stored: Int? = nil, frames: Int = 1
    ) throws -> FrameCleaner {
        try FrameCleaner(
            header: UnusedBitsTests.header(
                allocated: allocated, stored: stored ?? allocated, high: (stored ?? allocated) - 1, rows: 64,
                columns: 48, samples: samples, frames: frames, photometric: samples == 1 ? "MONOCHROME2" : "RGB"),
            transferSyntax: syntax)
    }

    private static let markers: [(UInt8, TransferSyntax)] = [
        (0xC0, .jpegBaseline), (0xC1, .jpegExtended), (0xC2, .jpegExtended), (0xC3, .jpegLosslessSV1),
        (0xF7, .jpegLSLossless),
    ]

    private static func jpeg(
        _ marker: UInt8, lines: Int = 64, samples: Int = 48, components: Int = 1, precision: UInt8 = 8
    ) -> [UInt8] {
        Streams.jpeg(
            Streams.frame(marker, lines: lines, samples: samples, components: components, precision: precision),
            Streams.scan((1...UInt8(components)).map { $0 }))
    }

    private static func codestream(
        rows: Int = 64, columns: Int = 48, components: Int = 1, depth: UInt8 = 7, chroma: UInt8 = 1
    ) -> [UInt8] {
        Streams.codestream(
            size: Streams.size(rows: rows, columns: columns, components: components, depth: depth, chroma: chroma))
    }

    private func refuses(_ stream: [UInt8], _ cleaner: FrameCleaner, _ tag: Tag, _ note: String = "") {
        #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: tag), "\(note)") {
            try cleaner.clean(stream: stream)
        }
    }

    @Test("Another number of lines, of samples in them or of components is refused by its tag, whatever the process")
    func jpeg() throws {
        for (marker, syntax) in Self.markers {
            let cleaner = try Self.cleaner(syntax)
            #expect(try cleaner.clean(stream: Self.jpeg(marker)) == Self.jpeg(marker))
            for lines in [200, 65, 63, 65_535] { refuses(Self.jpeg(marker, lines: lines), cleaner, .rows, "\(marker)") }
            for samples in [600, 49, 47] {
                refuses(Self.jpeg(marker, samples: samples), cleaner, .columns, "\(marker)")
            }
            for components in [2, 3, 4] {
                refuses(Self.jpeg(marker, components: components), cleaner, .samplesPerPixel, "\(marker)")
            }
            let colour = try Self.cleaner(syntax, samples: 3)
            #expect(try colour.clean(stream: Self.jpeg(marker, components: 3)) == Self.jpeg(marker, components: 3))
            refuses(Self.jpeg(marker, components: 4), colour, .samplesPerPixel, "\(marker)")
            refuses(Self.jpeg(marker), colour, .samplesPerPixel, "\(marker)")
        }
    }

    @Test("JPEG 2000: the image area, not the reference grid, is compared, and all components")
    func jpeg2000() throws {
        for syntax in [TransferSyntax.jpeg2000Lossless, .jpeg2000] {
            let cleaner = try Self.cleaner(syntax)
            #expect(try cleaner.clean(stream: Self.codestream()) == Self.codestream())
            let moved = Streams.codestream(size: Streams.size(rows: 64, columns: 48, left: 5, top: 9))
            #expect(try cleaner.clean(stream: moved) == moved)
            for rows in [200, 65, 63, 65_535] { refuses(Self.codestream(rows: rows), cleaner, .rows) }
            for columns in [600, 49, 47] { refuses(Self.codestream(columns: columns), cleaner, .columns) }
            refuses(Self.codestream(components: 3), cleaner, .samplesPerPixel)
            let colour = try Self.cleaner(syntax, samples: 3)
            for chroma: UInt8 in [1, 2] {
                let stream = Self.codestream(components: 3, chroma: chroma)
                #expect(try colour.clean(stream: stream) == stream)
            }
            refuses(Self.codestream(components: 4), colour, .samplesPerPixel)
            refuses(Self.codestream(components: 3, chroma: 3), colour, .pixelData)
            refuses(Self.codestream(components: 3, chroma: 0), colour, .pixelData)
        }
    }

    @Test("Bits: no more than Bits Allocated; fewer or more than Bits Stored within that are another matter")
    func precision() throws {
        refuses(Self.jpeg(0xC1, precision: 12), try Self.cleaner(.jpegExtended), .bitsAllocated)
        refuses(Self.jpeg(0xF7, precision: 16), try Self.cleaner(.jpegLSLossless), .bitsAllocated)
        refuses(Self.codestream(depth: 15), try Self.cleaner(.jpeg2000), .bitsAllocated)
        refuses(Self.codestream(depth: 0x8F), try Self.cleaner(.jpeg2000), .bitsAllocated)
        for precision: UInt8 in [8, 10, 12, 16] {
            let lossless = Self.jpeg(0xC3, precision: precision)
            #expect(
                try Self.cleaner(.jpegLossless, allocated: 16, stored: 10).clean(stream: lossless) == lossless)
            let wavelet = Self.codestream(depth: precision - 1)
            #expect(try Self.cleaner(.jpeg2000, allocated: 16, stored: 10).clean(stream: wavelet) == wavelet)
        }
    }

    @Test("Each frame is compared: a larger one among others is refused")
    func frames() throws {
        let cleaner = try Self.cleaner(.jpegBaseline, frames: 3)
        let (right, large) = (Self.jpeg(0xC0), Self.jpeg(0xC0, lines: 200))
        for place in 0..<3 {
            var streams = [right, right, right]
            #expect(try cleaner.clean(.encapsulated(offsets: [], fragments: streams)) != .native([]))
            streams[place] = large
            #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .rows)) {
                try cleaner.clean(.encapsulated(offsets: [], fragments: streams))
            }
        }
    }

    @Test("A number of lines behind the picture (DNL), and a second frame header, are refused")
    func otherSizes() throws {
        let cleaner = try Self.cleaner(.jpegBaseline)
        let frame = Streams.frame(0xC0, lines: 64, samples: 48)
        let scan = Streams.scan([1])
        let other = Streams.frame(0xC0, lines: 200, samples: 600)
        let lines = Streams.segment(0xDC, [0, 200])
        for stream in [
            Streams.jpeg(Streams.frame(0xC0, lines: 0, samples: 48), scan, lines), Streams.jpeg(frame, scan, lines),
            Streams.jpeg(lines, frame, scan), Streams.jpeg(other, frame, scan), Streams.jpeg(frame, other, scan),
            Streams.jpeg(frame, scan, other), Streams.jpeg(frame, scan, other, scan), Streams.jpeg(scan, frame),
        ] { refuses(stream, cleaner, .pixelData) }
        // Larger sizes of JPEG-LS (ISO 14495-1 §C.2.4.1.4), and a second SIZ.
        let oversize = Streams.segment(0xF8, [4, 2, 0, 200, 2, 88])
        let small = Streams.frame(0xF7, lines: 64, samples: 48)
        refuses(Streams.jpeg(small, oversize, scan), try Self.cleaner(.jpegLSLossless), .pixelData)
        let size = Streams.size(rows: 64, columns: 48)
        refuses(
            Streams.codestream(size: size, main: Streams.size(rows: 200, columns: 600)), try Self.cleaner(.jpeg2000),
            .pixelData)
    }
}
