import Testing

@testable import ImageClassifier

@Suite struct `Placement of the input in the image` {
    @Test func `the whole image maps onto itself`() throws {
        let place = try #require(Placement.whole.mapPosition(x: 0.25, y: 0.75))
        #expect([place.x, place.y] == [0.25, 0.75])
    }

    @Test func `outside the field there is no input`() throws {
        let field = PixelWindow(top: 20, left: 10, bottom: 100, right: 60)
        let placement = Placement(orientation: .asStored, field: field, rows: 100, columns: 100)
        #expect(placement.mapPosition(x: 0.05, y: 0.5) == nil)
        #expect(placement.mapPosition(x: 0.61, y: 0.5) == nil)
        #expect(placement.mapPosition(x: 0.3, y: 0.19) == nil)
        let corner = try #require(placement.mapPosition(x: 0.6, y: 1))
        #expect(abs(corner.x - 1) < 1e-12 && abs(corner.y - 1) < 1e-12)
        let middle = try #require(placement.mapPosition(x: 0.35, y: 0.6))
        #expect(abs(middle.x - 0.5) < 1e-12 && abs(middle.y - 0.5) < 1e-12)
    }

    @Test(arguments: ["LF", "RF", "LH", "RH", "FL", "FR", "HL", "HR"])
    func `a bright spot of a turned image is found where the placement says`(directions: String) throws {
        let (rows, columns) = (240, 200)
        var values = formula(rows: rows, columns: columns, seed: 1, maximum: 255).map { $0 / 2 }
        for row in 56..<76 {
            for column in 126..<146 { values[row * columns + column] = 255 }
        }
        var header = acceptedHeader()
        header.patientOrientation = PatientOrientation(directions.map(String.init))
        header.shutters = [.rectangular(left: 11, right: 190, upper: 6, lower: 230)]
        let prepared = try Preprocessing.prepare(
            try frame(values, rows: rows, columns: columns, stored: 8), header: header, side: 96)
        // More than the percentile that is cut off, so the spot's pixels are all alike.
        let highest = try #require(prepared.input.max())
        let spot = prepared.input.indices.filter { prepared.input[$0] == highest }
        let place = try #require(prepared.placement.mapPosition(x: 136.0 / 200, y: 66.0 / 240))
        let across = spot.map { Double($0 % 96) + 0.5 }.reduce(0, +) / Double(spot.count)
        let down = spot.map { Double($0 / 96) + 0.5 }.reduce(0, +) / Double(spot.count)
        #expect(abs(place.x * 96 - across) < 1)
        #expect(abs(place.y * 96 - down) < 1)
    }
}
