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
}

extension [UInt8] {
    func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
