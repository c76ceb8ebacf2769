import DICOM
import JSON
import Sealing
import Testing

@testable import ImageClassifier

@Suite struct `The exposed field` {
    /// A picture with structure up to its edges.
    private func picture(rows: Int = 224, columns: Int = 224) -> Drawing {
        var values = formula(rows: rows, columns: columns, seed: 5, maximum: 4095)
        for index in values.indices {
            values[index] = (values[index] + (index % columns * 37 + index / columns * 61) % 1900) % 4096
        }
        return Drawing(rows: rows, columns: columns, values: values)
    }

    private func field(_ drawing: Drawing, photometric: String = "MONOCHROME2") throws -> [Int] {
        var header = acceptedHeader()
        header.photometricInterpretation = photometric
        let frame = try frame(drawing.values, rows: drawing.rows, columns: drawing.columns, stored: 12)
        let field = try PresentedImage(try #require(StoredValues(frame)), header: header).field
        return [field.top, field.left, field.bottom, field.right]
    }

    @Test func `cells and field of a barred picture with a letter are the golden ones`() throws {
        let vector = try #require(try TestVectors().json["cells"])
        var drawing = Drawing(
            rows: 461, columns: 487, values: formula(rows: 461, columns: 487, seed: 5, maximum: 4095))
        drawing.cover(top: 40, left: 66, bottom: 0, right: 21, value: 0)
        drawing.letter(row: 100, column: 12, size: 60, value: 4095)
        let frame = try frame(drawing.values, rows: 461, columns: 487, stored: 12)
        let whole = PixelWindow.whole(rows: 461, columns: 487)
        let grid = CellGrid(
            try #require(StoredValues(frame)), in: whole,
            levels: (0..<4096).map { CellGrid.level(Double($0) / 4095) })
        #expect([grid.side, grid.rows, grid.columns] == ["side", "rows", "columns"].compactMap { vector[$0]?.int })
        let bytes = grid.levels.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(Digest.sha256(bytes).hex == vector["levels"]?.string)
        let field = ExposedField(grid).window(of: grid, in: whole)
        #expect([field.top, field.left, field.bottom, field.right] == vector["field"]?.array?.compactMap { $0.int })
    }

    @Test func `a picture with structure up to its edges is left whole`() throws {
        #expect(try field(picture()) == [0, 0, 224, 224])
    }

    @Test(arguments: [0, 4095, 1000])
    func `bars of any brightness go, on one side as on all`(value: Int) throws {
        for bars in [[28, 0, 0, 0], [0, 28, 0, 28], [28, 20, 14, 9]] {
            var drawing = picture()
            drawing.cover(top: bars[0], left: bars[1], bottom: bars[2], right: bars[3], value: value)
            #expect(try field(drawing) == [bars[0], bars[1], 224 - bars[2], 224 - bars[3]])
        }
    }

    @Test func `bars go in either polarity`() throws {
        var drawing = picture()
        drawing.cover(top: 20, left: 0, bottom: 0, right: 25, value: 4095)
        #expect(try field(drawing, photometric: "MONOCHROME1") == [20, 0, 224, 199])
    }

    @Test func `a marker letter in a bar does not keep it`() throws {
        var drawing = picture()
        drawing.cover(top: 0, left: 40, bottom: 0, right: 0, value: 0)
        drawing.letter(row: 50, column: 8, size: 40, value: 4095)
        #expect(try field(drawing) == [0, 40, 224, 224])
    }

    @Test func `no side loses more than three tenths`() throws {
        var drawing = picture()
        drawing.cover(top: 0, left: 120, bottom: 0, right: 0, value: 0)
        #expect(try field(drawing) == [0, 67, 224, 224])
        drawing.cover(top: 224, left: 0, bottom: 0, right: 0, value: 0)
        drawing.values[0] = 4095
        drawing.values[1] = 4095
        #expect(try field(drawing) == [67, 67, 157, 157])
    }

    @Test func `a large picture is searched in cells, and loses whole ones`() throws {
        var drawing = picture(rows: 700, columns: 900)
        drawing.cover(top: 83, left: 0, bottom: 0, right: 111, value: 0)
        let found = try field(drawing)
        // Cells of 3 pixels: 83 pixels are 27 whole ones.
        #expect(found == [81, 0, 700, 789])
    }
}
