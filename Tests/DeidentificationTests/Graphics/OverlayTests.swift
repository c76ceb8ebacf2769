import DICOM
import SecondOpinion
import Synchronization
import Testing

@testable import Deidentification

@Suite("PS3.15 §E.3.3: overlay planes under Clean Graphics")
struct OverlayTests {
    /// Finds a word in pictures that have it, and remembers what it was shown.
    private final class Reader: TextDetector {
        let shown = Mutex<[EncodedFrame]>([])
        let word: DetectedWord?
        let isBroken: Bool

        init(word: String? = nil, isBroken: Bool = false) {
            self.word = word.map {
                DetectedWord(text: $0, confidence: 95, left: 1, top: 1, width: 60, height: 20)
            }
            self.isBroken = isBroken
        }

        func words(in frame: EncodedFrame) throws(DICOMError) -> [DetectedWord] {
            shown.withLock { $0.append(frame) }
            guard !isBroken else { throw DICOMError(.libraryFault) }
            return word.map { [$0] } ?? []
        }
    }

    /// A plane with one line drawn across it.
    private func plane(
        _ group: UInt16, rows: Int = 20, columns: Int = 17, frames: Int = 1, type: String = "G", bits: [UInt8]? = nil
    ) -> [DataElement] {
        var line = [UInt8](repeating: 0, count: (rows * columns * frames + 7) / 8)
        for pixel in 0..<min(columns, 5) { line[(3 * columns + pixel) / 8] |= 1 << UInt8((3 * columns + pixel) % 8) }
        return [
            DataElement(Tag(group, 0x0010), .US, .integers([Int64(rows)])),
            DataElement(Tag(group, 0x0011), .US, .integers([Int64(columns)])),
            DataElement(Tag(group, 0x0015), .IS, .text([String(frames)])),
            DataElement(Tag(group, 0x0022), .LO, .text(["CANARY"])),
            DataElement(Tag(group, 0x0040), .CS, .text([type])),
            DataElement(Tag(group, 0x0045), .LO, .text(["CANARY"])),
            DataElement(Tag(group, 0x0050), .SS, .integers([1, -4])),
            DataElement(Tag(group, 0x0100), .US, .integers([1])),
            DataElement(Tag(group, 0x0102), .US, .integers([0])),
            DataElement(Tag(group, 0x1001), .CS, .text(["CANARY"])),
            DataElement(Tag(group, 0x1301), .IS, .text(["12"])),
            DataElement(Tag(group, 0x1302), .DS, .text(["CANARY"])),
            DataElement(Tag(group, 0x1500), .LO, .text(["CANARY"])),
            DataElement(Tag(group, 0x3000), .OW, .bytes((bits ?? line) + Array("CANARY".utf8))),
            DataElement(Tag(group, 0x4000), .LT, .text(["CANARY"])),
        ]
    }

    private func result(
        _ elements: [DataElement], gate: String = "risky", options: String = "basic, cleanGraphics", _ reader: Reader?
    ) throws -> (DataSet, DeidentificationReceipt) {
        var header = SyntheticDX.header()
        header.set(.burnedInAnnotation, .CS, "NO")
        for element in elements { header[element.tag] = element }
        let profile = try DeidentificationProfile(yaml: ProfileFileTests.text(options: options, gate: gate))
        let pixels = reader.map { PixelReader(decoder: NoDecoder(), detector: $0) }
        let (study, receipt) = try deidentify(
            try SyntheticDX.study([header]), profile: profile, pseudonyms: try SyntheticDX.pseudonyms(), pixels: pixels,
            burnedIn: BurnedInPolicy(
                gate: profile.textGate,
                rules: BurnedInRules(rules: [], otherwise: .pass, words: BurnedInRules.builtIn.words)))
        return (study.header(instance: 0).value, receipt)
    }

    private struct NoDecoder: FrameDecoder {
        func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame { throw DICOMError(.libraryFault) }
    }

    private func overlays(_ dataSet: DataSet) -> [String] {
        dataSet.filter { $0.tag.group & 0xFF00 == 0x6000 }.map { $0.tag.hex }
    }

    private func codes(_ dataSet: DataSet) -> [String?] {
        dataSet.items(.deidentificationMethodCodeSequence).map { $0.string(.codeValue) }
    }

    @Test("A plane that was searched stays with what draws it, and not a bit more; the option is claimed")
    func kept() throws {
        let reader = Reader()
        let (dataSet, receipt) = try result(plane(0x6000) + plane(0x6002, frames: 2), reader)
        let left = ["0010", "0011", "0040", "0050", "0100", "0102", "1301", "3000"]
        #expect(overlays(dataSet) == left.map { "6000\($0)" }, "more frames than the image has")
        let data = try #require(dataSet.bytes(Tag(0x6000, 0x3000)))
        #expect(data.count == 44 && data.suffix(2) == [0, 0], "340 bits, and zeros to an even length")
        #expect(dataSet.ints(Tag(0x6000, 0x0050)) == [1, -4])
        #expect(codes(dataSet) == ["113100", "113103"] && receipt.methodCodes == ["113100", "113103"])
        #expect(receipt.ruleCounts["C:overlay"] == 8 && (receipt.ruleCounts["X:overlay"] ?? 0) > 0)
        #expect(try !Array(dataSet.encoded()).contains(sequence: Array("CANARY".utf8)))
        // As it is, and small letters enlarged.
        let shown = reader.shown.withLock { $0 }
        #expect(shown.map(\.rows) == [20 + 96, 3 * (20 + 32)] && shown.map(\.columns) == [17 + 96, 3 * (17 + 32)])
        #expect(shown[0].fragments[0].count(where: { $0 == 255 }) == 5)
        #expect(shown[0].fragments[0][(48 + 3) * 113 + 48] == 255)
    }

    @Test("No word, no doubt, nobody who looks: any of them takes the plane away, and the option is not claimed")
    func gone() throws {
        for reader in [Reader(word: "CANARY"), Reader(word: ""), Reader(isBroken: true), nil] {
            let (dataSet, receipt) = try result(plane(0x6000), reader)
            #expect(overlays(dataSet).isEmpty)
            #expect(codes(dataSet) == ["113100"] && receipt.methodCodes == ["113100"])
        }
        #expect(overlays(try result(plane(0x6000), gate: "never", Reader()).0).isEmpty)
        #expect(overlays(try result(plane(0x6000), options: "basic", Reader()).0).isEmpty)
        // A side marker is no text.
        #expect(!overlays(try result(plane(0x6000), Reader(word: "LEFT")).0).isEmpty)
    }

    @Test("What is no plane, or cannot be judged, goes without being searched")
    func noPlanes() throws {
        let cases: [[DataElement]] = [
            plane(0x6001 + 1, type: "CANARY"), plane(0x6000, rows: 15), plane(0x6000, columns: 15),
            plane(0x6000, bits: Array("DOE^JANE 4711 DOE^JANE 4711 DOE^JANE 4711 XX".utf8)),
            plane(0x6020), plane(0x6000, bits: [1, 2]), plane(0x6000).filter { $0.tag.element != 0x0050 },
        ]
        for elements in cases {
            let reader = Reader()
            let (dataSet, _) = try result(elements, reader)
            #expect(overlays(dataSet).isEmpty && reader.shown.withLock { $0.isEmpty })
        }
        // In unused bits of the pixels: no plane of its own.
        var high = DataSet(plane(0x6000))
        high.set(Tag(0x6000, 0x0102), .US, 12)
        #expect(OverlayPlane.all(in: high).isEmpty)
    }

    @Test("One bit after the other, least significant first (PS3.5 §8.1.1); frames follow each other without padding")
    func order() throws {
        var elements = DataSet(plane(0x6000, rows: 1, columns: 3, frames: 3, bits: [0b0010_1001, 0b1]))
        elements.set(.numberOfFrames, .IS, "3")
        let plane = try #require(OverlayPlane.all(in: elements).first)
        #expect(plane.picture(0, margin: 0, scale: 1)?.fragments == [[255, 0, 0]])
        #expect(plane.picture(1, margin: 0, scale: 1)?.fragments == [[255, 0, 255]])
        #expect(plane.picture(2, margin: 0, scale: 2)?.fragments == [[0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255]])
    }

    @Test(
        "Bytes that spell something are no drawing",
        arguments: [
            ("DOE^JANE", true), ("O'Hara,J", true), ("abcdef", true), ("MRN4711", true), ("\0\0JANE7x\0", true),
            ("UUUUUUUUUU", false),
            ("AB AB AB", false), ("ABCDE", false), ("ABABAB", false),
        ])
    func spelling(text: String, isText: Bool) {
        #expect(OverlaySearch.holdsCharacters(Array(text.utf8)) == isText)
    }

    @Test("A presentation state says in which layer a plane of the image is shown; names of layers that it has not go")
    func activations() throws {
        var state = DataSet()
        var layer = DataSet()
        layer.set(Tag(0x0070, 0x0002), .CS, "LAYER1")
        state.set(Tag(0x0070, 0x0060), items: [layer])
        state.set(Tag(0x6000, 0x1001), .CS, "LAYER1")
        state.set(Tag(0x6002, 0x1001), .CS, "CANARY")
        #expect(GraphicsCleaner.activations(state, state).map(\.tag) == [Tag(0x6000, 0x1001)])
    }
}
