import DICOM
import Testing

@testable import TextDetection

@Suite("Text in pixels", .enabled(if: Recognition.isPresent))
struct TextSearchTests {
    @Test(
        "Text is found light and dark, across and upright, over a background that changes",
        arguments: Ground.allCases)
    func found(ground: Ground) throws {
        for isUpright in [false, true] {
            var canvas = Canvas(ground: ground)
            canvas.write("CANARY 4711", left: 40, top: 60, scale: 3, contrast: ground == .light ? -110 : 110)
            if isUpright { canvas = canvas.turned }
            let words = try Recognition.words(try canvas.frame())
            let read = words.map { $0.text.uppercased() }.joined(separator: " ")
            #expect(read.contains("CANARY") || read.contains("4711"), "\(ground) \(isUpright)")
            #expect(words.contains { $0.text.isEmpty }, "the place is told too")
        }
    }

    @Test("The place of a word is that of its line in the frame")
    func place() throws {
        var canvas = Canvas(ground: .dark)
        canvas.write("CANARY", left: 120, top: 200, scale: 3, contrast: 200)
        let words = try Recognition.words(try canvas.frame())
        let word = try #require(words.first { $0.text.uppercased().contains("CANARY") })
        #expect(abs(word.left - 120) < 8 && abs(word.top - 200) < 8 && abs(word.width - 105) < 16)
    }

    @Test(
        "Nothing is found in a frame of one value, a gradient and noise", arguments: [Ground.dark, .gradient, .noise])
    func nothing(ground: Ground) throws {
        let words = try Recognition.words(try Canvas(ground: ground).frame())
        #expect(!words.contains { $0.text.isEmpty })
        #expect(!words.contains { $0.text.count >= 4 && $0.confidence >= 75 })
    }

    @Test("Sixteen bits, signed values and colour are looked at like eight bits")
    func kinds() throws {
        var canvas = Canvas(ground: .gradient)
        canvas.write("CANARY", left: 40, top: 60, scale: 3, contrast: 110)
        for frame in [try canvas.frame16(), try canvas.frameRGB()] {
            #expect(try Recognition.words(frame).contains { $0.text.uppercased().contains("CANARY") })
        }
    }

    @Test("Pixels that lie far off do not hide text, however many they are", arguments: [1, 64, 2_000])
    func farPixels(count: Int) throws {
        var canvas = Canvas(ground: .gradient)
        canvas.write("CANARY", left: 40, top: 160, scale: 3, contrast: 60)
        #expect(
            try Recognition.words(try canvas.frameWithFarPixels(count)).contains {
                $0.text.uppercased().contains("CANARY")
            })
    }

    @Test("A second picture is made only where the first one has few levels")
    func pictures() throws {
        for ground in [Ground.gradient, .noise] {
            let whole = try Canvas(ground: ground).frame()
            #expect(GreyPicture.all(of: whole).count == 1)
            #expect(GreyPicture.all(of: try Canvas(ground: ground).frameWithFarPixels(1)).count == 2)
        }
        let flat = try #require(
            Frame(
                rows: 4, columns: 4, bitsAllocated: 32, bitsStored: 32, isSigned: true,
                photometricInterpretation: "MONOCHROME2", pixels: [UInt8](repeating: 0x80, count: 64)))
        #expect(GreyPicture.all(of: flat).map(\.pixels) == [[UInt8](repeating: 0, count: 16)])
    }

    @Test("A frame that cannot be decoded is an error and not an empty answer")
    func undecodable() throws {
        var frame = EncodedFrame(try Canvas(ground: .dark).frame())
        frame.fragments = [[1, 2, 3]]
        #expect(throws: DICOMError.self) { try Recognition.detector?.words(in: frame) }
    }
}
