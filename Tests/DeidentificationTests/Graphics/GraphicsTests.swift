import DICOM
import Testing

@testable import Deidentification

@Suite("PS3.15 §E.3.3: Clean Graphics")
struct GraphicsTests {
    private func shape(_ type: String, _ points: [Double]) -> DataSet {
        var shape = DataSet()
        shape.set(Tag(0x0070, 0x0005), .CS, "PIXEL")
        shape.set(Tag(0x0070, 0x0020), .US, 2)
        shape.set(Tag(0x0070, 0x0021), .US, points.count / 2)
        shape[.graphicData] = DataElement(.graphicData, .FL, .numbers(points))
        shape.set(.graphicType, .CS, type)
        shape.set(Tag(0x0062, 0x0020), .UT, "CANARY")
        return shape
    }

    private func annotation(_ shapes: [DataSet], text: String) -> DataSet {
        var words = DataSet()
        words.set(Tag(0x0070, 0x0006), .ST, text)
        var item = DataSet()
        item.set(Tag(0x0070, 0x0002), .CS, "LAYER")
        item.set(Tag(0x0070, 0x0008), items: [words])
        item.set(Tag(0x0070, 0x0009), items: shapes)
        return item
    }

    @Test("Points, circles, ellipses, distances and outlines stay; words and what could be handwriting go")
    func annotations() throws {
        let outline = [1.0, 1, 5, 1, 5, 5, 2, 7, 1, 1]
        let kept = [
            shape("POINT", [1, 2]), shape("CIRCLE", [4, 4, 6, 4]), shape("ELLIPSE", [0, 1, 2, 1, 1, 0, 1, 2]),
            shape("POLYLINE", [1, 1, 9, 9]), shape("POLYLINE", outline), shape("INTERPOLATED", outline),
        ]
        let gone = [
            shape("POLYLINE", [1, 1, 2, 5, 3, 1, 4, 5]), shape("INTERPOLATED", [1, 1, 2, 5, 3, 1, 4, 5, 5, 1]),
            shape("POINT", [1, 2, 3]), shape("TEXT", [1, 2]),
        ]
        let items = GraphicsCleaner.annotations([
            annotation(kept + gone, text: "CANARY^JANE"), annotation(gone, text: "CANARY^JANE"),
            annotation([], text: "CANARY^JANE"),
        ])
        #expect(items.count == 1)
        let shapes = try #require(items.first).items(Tag(0x0070, 0x0009))
        #expect(shapes.map { $0.string(.graphicType) } == kept.map { $0.string(.graphicType) })
        #expect(try !Array(#require(items.first).encoded()).contains(sequence: Array("CANARY".utf8)))
    }

    private func overlay(_ group: UInt16, bits: [UInt8], rows: Int = 3, columns: Int = 3) -> [DataElement] {
        [
            DataElement(Tag(group, 0x0010), .US, .integers([Int64(rows)])),
            DataElement(Tag(group, 0x0011), .US, .integers([Int64(columns)])),
            DataElement(Tag(group, 0x0022), .LO, .text(["CANARY"])),
            DataElement(Tag(group, 0x0040), .CS, .text(["G"])),
            DataElement(Tag(group, 0x0050), .SS, .integers([1, 1])),
            DataElement(Tag(group, 0x0100), .US, .integers([1])),
            DataElement(Tag(group, 0x0102), .US, .integers([0])),
            DataElement(Tag(group, 0x1500), .LO, .text(["CANARY"])),
            DataElement(Tag(group, 0x3000), .OW, .bytes(bits)),
            DataElement(Tag(group, 0x4000), .LT, .text(["CANARY"])),
        ]
    }

    @Test("Overlays and curves go; a plane that was searched stays with what draws it, and not a bit more")
    func planes() throws {
        var dataSet = DataSet(
            overlay(0x6000, bits: [0b1010_0101, 0b1111_1111, 0x4A, 0x41]) + overlay(0x6002, bits: [1, 1])
                + overlay(0x6004, bits: [1]))
        dataSet.set(.rows, .US, 3)
        dataSet[Tag(0x5000, 0x3000)] = DataElement(Tag(0x5000, 0x3000), .OW, .bytes([1, 2]))
        let none = GraphicsCleaner.planes(of: dataSet, searched: [])
        #expect(none.map(\.tag) == [.rows])
        let some = GraphicsCleaner.planes(of: dataSet, searched: [0x6000, 0x6004, 0x5000])
        #expect(Set(some.map(\.tag.group)) == [0x0028, 0x6000])
        #expect(some.bytes(Tag(0x6000, 0x3000)) == [0b1010_0101, 1])
        for element in [0x0022, 0x1500, 0x4000] as [UInt16] { #expect(some[Tag(0x6000, element)] == nil) }
    }

    @Test(
        "A plane is shown as an image for the search: one bit after the other, least significant first (PS3.5 §8.1.1)")
    func rendered() throws {
        let plane = try #require(OverlayPlane.all(in: DataSet(overlay(0x6000, bits: [0b0000_0101, 1]))).first)
        #expect(plane.group == 0x6000 && plane.frames == 1)
        #expect(plane.frame(0)?.fragments == [[255, 0, 255, 0, 0, 0, 0, 0, 255]])
        #expect(plane.frame(1) == nil)
        // In unused bits of the pixels: no plane of its own.
        var high = DataSet(overlay(0x6000, bits: [5, 1]))
        high.set(Tag(0x6000, 0x0100), .US, 16)
        high.set(Tag(0x6000, 0x0102), .US, 12)
        #expect(OverlayPlane.all(in: high).isEmpty)
    }
}

extension [UInt8] {
    func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
