import DICOM
import Testing

@testable import Deidentification

@Suite("Masks over text in pixels")
struct PixelMaskTests {
    @Test(
        "Covered pixels become black in their photometric interpretation, all others stay bit for bit",
        arguments: [
            ("MONOCHROME2", 1, 16, 12, false, [0x00, 0x00]), ("MONOCHROME1", 1, 16, 12, false, [0xFF, 0x0F]),
            ("MONOCHROME2", 1, 16, 12, true, [0x00, 0xF8]), ("MONOCHROME1", 1, 8, 8, false, [0xFF]),
            ("RGB", 3, 8, 8, false, [0, 0, 0]), ("YBR_FULL", 3, 8, 8, false, [0, 128, 128]),
            ("RGB", 3, 16, 16, false, [0, 0, 0, 0, 0, 0]), ("MONOCHROME2", 1, 1, 1, false, [0]),
            ("MONOCHROME1", 1, 1, 1, false, [1]), ("MONOCHROME2", 1, 1, 1, true, [1]),
            ("MONOCHROME2", 1, 32, 32, false, [0, 0, 0, 0]), ("MONOCHROME1", 1, 32, 32, false, [255, 255, 255, 255]),
            ("MONOCHROME2", 1, 32, 24, true, [0, 0, 0x80, 0xFF]),
        ] as [(String, Int, Int, Int, Bool, [UInt8])])
    func black(photometric: String, samples: Int, allocated: Int, stored: Int, signed: Bool, black: [UInt8]) throws {
        let most: UInt8 = allocated == 1 ? 1 : 0x0F
        let pixels = (0..<(6 * 8 * samples * max(allocated / 8, 1))).map {
            UInt8(truncatingIfNeeded: 5 * $0 + 3 + $0 / 7) & most
        }
        let frame = try #require(
            Frame(
                rows: 6, columns: 8, samplesPerPixel: samples, bitsAllocated: allocated, bitsStored: stored,
                isSigned: signed, photometricInterpretation: photometric, pixels: pixels))
        let mask = try #require(
            PixelMask(
                template: "t", rows: 6, columns: 8, covered: [PixelRectangle(left: 2, top: 1, width: 3, height: 2)]))
        let masked = try #require(mask.applied(to: frame))
        for row in 0..<6 {
            for column in 0..<8 {
                let place = (row * 8 + column) * black.count..<(row * 8 + column + 1) * black.count
                let isCovered = (2..<5).contains(column) && (1..<3).contains(row)
                #expect(Array(masked.pixels[place]) == (isCovered ? black : Array(frame.pixels[place])))
            }
        }
    }

    @Test("Masked frames are written as their header says: single bits packed, subsampled and planar colour by pixel")
    func written() throws {
        let mask = try #require(
            PixelMask(
                template: "t", rows: 2, columns: 8, covered: [PixelRectangle(left: 0, top: 0, width: 8, height: 1)]))
        func masked(_ header: DataSet, _ stored: [UInt8], isPlanar: Bool = false) throws -> [UInt8] {
            var cleaner = try FrameCleaner(header: header, transferSyntax: .explicitVRLittleEndian)
            cleaner.way = .decoded
            let encoded = EncodedFrame(
                transferSyntax: .explicitVRLittleEndian, rows: 2, columns: 8,
                samplesPerPixel: try #require(header.int(.samplesPerPixel)),
                bitsAllocated: try #require(header.int(.bitsAllocated)),
                bitsStored: try #require(header.int(.bitsStored)), highBit: try #require(header.int(.highBit)),
                photometricInterpretation: try #require(header.string(.photometricInterpretation)), isPlanar: isPlanar,
                fragments: [stored])
            #expect(stored.count == cleaner.frameLength)
            let decoded = try cleaner.decoded(encoded, by: try DCMTKFrameDecoder())
            #expect(try DCMTKFrameDecoder().decode(EncodedFrame(decoded)) == decoded)
            let pixels = try cleaner.native(try #require(mask.applied(to: decoded)))
            #expect(pixels.count == cleaner.nativeLength)
            return pixels
        }
        func header(_ allocated: Int, samples: Int = 1, _ photometric: String = "MONOCHROME2") -> DataSet {
            UnusedBitsTests.header(
                allocated: allocated, stored: allocated, high: allocated - 1, rows: 2, columns: 8, samples: samples,
                photometric: photometric)
        }
        #expect(try masked(header(1), [0xFF, 0xA5]) == [0, 0xA5])
        #expect(
            try masked(header(32), [UInt8](repeating: 7, count: 64)) == [UInt8](repeating: 0, count: 32)
                + [UInt8](repeating: 7, count: 32))
        let black = [UInt8](repeating: 0, count: 24)
        let planes = [1, 2, 3].flatMap { [UInt8](repeating: $0, count: 16) }
        #expect(
            try masked(header(8, samples: 3, "RGB"), planes, isPlanar: true) == black
                + (0..<8).flatMap { _ in [1, 2, 3] })
        let pairs = (0..<8).flatMap { _ in [10, 20, 30, 40] as [UInt8] }
        #expect(
            try masked(header(8, samples: 3, "YBR_FULL_422"), pairs) == (0..<8).flatMap { _ in [0, 128, 128] }
                + (0..<4).flatMap { _ in [10, 30, 40, 20, 30, 40] })
    }

    @Test("What lies outside the kept regions is covered, regions may overlap")
    func kept() throws {
        let frame = try Self.frame(rows: 6, columns: 8)
        let mask = try #require(
            PixelMask(
                template: "t", rows: 6, columns: 8, covered: [PixelRectangle(left: 3, top: 3, width: 1, height: 1)],
                kept: [
                    PixelRectangle(left: 1, top: 1, width: 4, height: 4),
                    PixelRectangle(left: 2, top: 2, width: 6, height: 1),
                ]))
        let masked = try #require(mask.applied(to: frame))
        let left = (0..<48).filter { masked.pixels[$0] != 0 }
        let expected = (0..<48).filter { place in
            let (row, column) = (place / 8, place % 8)
            let isKept = ((1..<5).contains(column) && (1..<5).contains(row)) || ((2..<8).contains(column) && row == 2)
            return isKept && !(row == 3 && column == 3)
        }
        #expect(left == expected)
    }

    @Test("A frame of another size is not masked, a mask beyond the image is none")
    func sizes() throws {
        let mask = try #require(
            PixelMask(
                template: "t", rows: 6, columns: 8, covered: [PixelRectangle(left: 0, top: 0, width: 8, height: 6)]))
        #expect(mask.applied(to: try Self.frame(rows: 8, columns: 6)) == nil)
        for rectangle in [(0, 0, 9, 1), (-1, 0, 2, 1), (7, 5, 1, 2), (0, 0, 0, 1), (1, 0, Int.max, 1)] {
            let rectangle = PixelRectangle(
                left: rectangle.0, top: rectangle.1, width: rectangle.2, height: rectangle.3)
            #expect(PixelMask(template: "t", rows: 6, columns: 8, covered: [rectangle]) == nil)
        }
        #expect(PixelMask(template: "t", rows: 6, columns: 8, covered: []) == nil)
    }

    @Test("One template that fits is taken; two, another size and unusable regions are a quarantine")
    func templates() throws {
        var header = BurnedInRulesTests.header("6.1", "US", "", "ORIGINAL", "YES")
        header.set(.rows, .US, 480)
        header.set(.columns, .US, 640)
        header.set(.manufacturer, .LO, "ACME Ultrasound")
        let fits = try MaskTemplate(yaml: Self.yaml("acme*", rows: 480, columns: 640))
        let larger = try MaskTemplate(yaml: Self.yaml("acme*", rows: 600, columns: 800))
        let other = try MaskTemplate(yaml: Self.yaml("other", rows: 480, columns: 640))
        let regions = try MaskTemplate(
            yaml: "version: 1\nname: r\nmatch: {manufacturer: [acme*]}\nkeepUltrasoundRegions: true")
        let plan = { (templates: [MaskTemplate]) in
            BurnedInPolicy(gate: .risky, templates: templates).plan(for: header)
        }
        #expect(plan([fits, larger, other]).expected == .masked)
        #expect(plan([larger]) == .decided(.quarantine(.maskSizeDiffers)))
        #expect(plan([fits, fits]) == .decided(.quarantine(.maskAmbiguous)))
        #expect(plan([other]) == .decided(.quarantine(.maskMissing)))
        #expect(plan([regions]) == .decided(.quarantine(.maskRegionsUnusable)))
        var region = DataSet()
        for (element, value) in [(0x6018, 10), (0x601A, 20), (0x601C, 629), (0x601E, 459)] {
            region.set(Tag(0x0018, UInt16(element)), .UL, value)
        }
        header.set(Tag(0x0018, 0x6011), items: [region])
        guard case .examine(let mask?) = BurnedInPolicy(gate: .risky, templates: [regions]).plan(for: header) else {
            Issue.record("no mask")
            return
        }
        #expect(mask.kept == [PixelRectangle(left: 10, top: 20, width: 620, height: 440)])
    }

    @Test("Parts of the image are rounded outwards")
    func fractions() throws {
        let template = try MaskTemplate(
            yaml: """
                version: 1
                name: f
                match: {modality: [US]}
                covered: [{left: 0.1, top: 0.95, width: 0.5, height: 0.05, unit: fraction}]
                """)
        var header = BurnedInRulesTests.header("6.1", "US", "", "ORIGINAL", "")
        header.set(.rows, .US, 99)
        header.set(.columns, .US, 101)
        let mask = try MaskTemplate.mask(for: header, of: [template])
        #expect(mask?.covered == [PixelRectangle(left: 10, top: 94, width: 51, height: 5)])
    }

    @Test(
        "A template that says too little or too much is refused",
        arguments: [
            "version: 1\nname: a\nmatch: {modality: [US]}",
            "version: 1\nname: a\nmatch: {}\nkeepUltrasoundRegions: true",
            "version: 1\nname: a\nmatch: {modality: [US]}\ncovered: [{left: 0, top: 0, width: 5, height: 5}]",
            "version: 1\nname: a\nmatch: {modality: [US]}\nrows: 9\ncolumns: 9\ncovered: [{left: 0, top: 0, width: 0, height: 5}]",
            "version: 1\nname: a\nmatch: {modality: [US]}\ncovered: [{left: 0.6, top: 0, width: 0.5, height: 1, unit: fraction}]",
            "version: 1\nname: a\nmatch: {modality: [US]}\nkeepUltrasoundRegions: yes",
        ])
    func mistakes(yaml: String) {
        do {
            _ = try MaskTemplate(yaml: yaml)
            Issue.record("read")
        } catch {
            #expect(error.code == .pixelRulesInvalid && (error.keyPath != nil))
        }
    }

    static func yaml(_ manufacturer: String, rows: Int, columns: Int) -> String {
        """
        version: 1
        name: device
        match: {modality: [US], manufacturer: ['\(manufacturer)']}
        rows: \(rows)
        columns: \(columns)
        covered: [{left: 0, top: 0, width: \(columns), height: 40}]
        """
    }

    static func frame(rows: Int, columns: Int, value: UInt8 = 200) throws -> Frame {
        try #require(
            Frame(
                rows: rows, columns: columns, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: "MONOCHROME2",
                pixels: [UInt8](repeating: value, count: rows * columns)))
    }
}
