import DICOM
import JSON
import Testing

@testable import ImageClassifier

@Suite struct `The whole way from stored values to the network's input` {
    @Test func `the vectors are of this version and many`() throws {
        #expect(try TestVectors().json["preprocessing"]?.string == Preprocessing.version)
        #expect(try GoldenWay.all().count >= 30)
    }

    @Test(arguments: try GoldenWay.all())
    func `gives the bits of the reference`(way: GoldenWay) throws {
        let stored = try #require(StoredValues(try way.frame()))
        let image = try PresentedImage(stored, header: way.header())
        #expect([image.field.top, image.field.left, image.field.bottom, image.field.right] == way.field)
        #expect(digest(brightness(image)) == way.brightnessDigest)

        let prepared = try Preprocessing.prepare(
            try way.frame(), header: way.header(), side: way.side, framings: try Self.framings())
        #expect(digest(prepared.input) == way.inputDigest)
        #expect(prepared.framings.map(digest) == way.framingDigests)
    }

    @Test func `the same image gives the same bits again, and without framings the same input`() throws {
        let way = try GoldenWay.all()[1]
        let framings = try Self.framings()
        let first = try Preprocessing.prepare(try way.frame(), header: way.header(), side: 96, framings: framings)
        let again = try Preprocessing.prepare(try way.frame(), header: way.header(), side: 96, framings: framings)
        #expect(first == again)
        #expect(try Preprocessing.prepare(try way.frame(), header: way.header(), side: 96).input == first.input)
    }

    @Test func `the picture keeps shape and stored orientation, and has at most 1024 pixels a side`() throws {
        let values = formula(rows: 1300, columns: 650, seed: 1, maximum: 255)
        var header = acceptedHeader()
        let upright = try Preprocessing.prepare(
            try frame(values, rows: 1300, columns: 650, stored: 8), header: header, side: 96)
        #expect([upright.picture.rows, upright.picture.columns] == [1024, 512])
        header.patientOrientation = PatientOrientation(["H", "R"])
        let lying = try Preprocessing.prepare(
            try frame(values, rows: 1300, columns: 650, stored: 8), header: header, side: 96)
        #expect([lying.picture.rows, lying.picture.columns] == [1024, 512])
        let apart = zip(lying.picture.pixels, upright.picture.pixels).map { abs(Int($0) - Int($1)) }.max()
        // The two directions are reduced in another order, which may move a rounding.
        #expect(try #require(apart) <= 1)
        #expect(lying.input != upright.input)
    }

    @Test(arguments: [["A", "F"], ["P", "F"], ["L", "A"]])
    func `a lateral view by its orientation is refused`(directions: [String]) throws {
        var header = acceptedHeader()
        header.patientOrientation = PatientOrientation(directions)
        #expect(refusal(rows: 100, columns: 100, header: header) == .viewNotFrontal)
    }

    @Test func `an image of fewer than 96 pixels a side is refused, and so is what shutter and padding leave`() {
        #expect(refusal(rows: 96, columns: 96, header: acceptedHeader()) == nil)
        #expect(refusal(rows: 95, columns: 300, header: acceptedHeader()) == .imageUnusable)
        var header = acceptedHeader()
        header.shutters = [.circular(row: 60, column: 60, radius: 40)]
        #expect(refusal(rows: 200, columns: 200, header: header) == .imageUnusable)
    }

    @Test func `padding at the edges is cut away, however wide, and a border behind it too`() throws {
        var drawing = Drawing(
            rows: 300, columns: 320, values: formula(rows: 300, columns: 320, seed: 2, maximum: 4095))
        drawing.cover(top: 20, left: 25, bottom: 0, right: 0, value: 700)
        let bordered = try prepared(drawing, padding: nil)
        var wide = Drawing(rows: 500, columns: 450, values: [Int](repeating: -2000, count: 500 * 450))
        for row in 0..<300 {
            for column in 0..<320 {
                wide.values[(row + 180) * 450 + column + 30] = drawing.values[row * 320 + column]
            }
        }
        #expect(try prepared(wide, padding: -2000...(-2000)).input == bordered.input)
    }

    private func prepared(_ drawing: Drawing, padding: ClosedRange<Int>?) throws -> Preprocessing.Prepared {
        var header = acceptedHeader()
        header.padding = padding
        return try Preprocessing.prepare(
            try frame(drawing.values, rows: drawing.rows, columns: drawing.columns, stored: 16, isSigned: true),
            header: header, side: 96)
    }

    @Test func `an image without contrast, or of padding only, is refused`() throws {
        let flat = try frame([Int](repeating: 7, count: 10_000), rows: 100, columns: 100, stored: 8)
        #expect(throws: Rejection(code: .imageUnusable)) {
            try Preprocessing.prepare(flat, header: acceptedHeader(), side: 96)
        }
        var header = acceptedHeader()
        header.padding = 0...255
        #expect(refusal(rows: 100, columns: 100, header: header) == .imageUnusable)
    }

    private func refusal(rows: Int, columns: Int, header: ImageHeader) -> RefusalCode? {
        do throws(Rejection) {
            let values = formula(rows: rows, columns: columns, seed: 1, maximum: 255)
            guard let frame = try? frame(values, rows: rows, columns: columns, stored: 8) else { return nil }
            _ = try Preprocessing.prepare(frame, header: header, side: 96)
            return nil
        } catch {
            return error.code
        }
    }

    private func brightness(_ image: PresentedImage) -> [Double] {
        let field = image.field
        return (field.top..<field.bottom).flatMap { row in
            (field.left..<field.right).map { column in
                image.table.brightness[Int(image.codes.codes[row * image.codes.columns + column])]
            }
        }
    }

    private static func framings() throws -> [Framing] {
        (try TestVectors().json["framings"]?.array ?? []).map { framing in
            func fraction(_ name: String) -> Double { framing[name]?.number?.double ?? .nan }
            return Framing(
                top: fraction("top"), left: fraction("left"), bottom: fraction("bottom"), right: fraction("right"),
                mirrored: framing["mirrored"]?.bool == true)
        }
    }
}
