import DICOM
import Testing

@testable import ImageClassifier

@Suite struct `Display shutters` {
    @Test func `a rectangle is open from edge to edge, both included`() {
        let shutter = Shutter.rectangular(left: 3, right: 10, upper: 2, lower: 20)
        #expect(shutter.window == PixelWindow(top: 1, left: 2, bottom: 20, right: 10))
    }

    @Test func `of a circle and a polygon the box around them counts`() {
        #expect(
            Shutter.circular(row: 10, column: 20, radius: 5).window
                == PixelWindow(top: 4, left: 14, bottom: 15, right: 25))
        #expect(
            Shutter.polygonal([5, 1, 1, 9, 12, 30]).window == PixelWindow(top: 0, left: 0, bottom: 12, right: 30))
    }

    @Test func `several shutters leave open what all of them do, within the picture`() {
        let shutters: [Shutter] = [
            .rectangular(left: 11, right: 500, upper: -7, lower: 80), .circular(row: 50, column: 50, radius: 20),
        ]
        #expect(
            shutters.window(rows: 100, columns: 100) == PixelWindow(top: 29, left: 29, bottom: 70, right: 70))
    }

    @Test(arguments: [
        Shutter.rectangular(left: 10, right: 10, upper: 1, lower: 5),
        .rectangular(left: 1, right: 5, upper: 9, lower: 2),
        .circular(row: 5, column: 5, radius: 0), .circular(row: 5, column: 5, radius: .max), .polygonal([1, 2, 3, 4]),
        .polygonal([1, 2, 3, 4, 5, 6, 7]), .polygonal([]), .rectangular(left: .min, right: .max, upper: 1, lower: 9),
        .rectangular(left: 200, right: 300, upper: 200, lower: 300),
    ])
    func `one that leaves nothing open, or cannot be, is not followed`(shutter: Shutter) {
        #expect([shutter].window(rows: 100, columns: 100) == .whole(rows: 100, columns: 100))
    }

    @Test func `the module is read from the header`() {
        var data = DataSet()
        #expect(ImageHeader(data).shutters.isEmpty)
        data.set(Tag(0x0018, 0x1600), .CS, "RECTANGULAR", "CIRCULAR", "POLYGONAL", "OVAL")
        #expect(ImageHeader(data).shutters == [.polygonal([])])
        data.set(Tag(0x0018, 0x1602), .IS, "3")
        data.set(Tag(0x0018, 0x1604), .IS, "90")
        data.set(Tag(0x0018, 0x1606), .IS, "4")
        data.set(Tag(0x0018, 0x1608), .IS, "80")
        data.set(Tag(0x0018, 0x1610), .IS, "50", "40")
        data.set(Tag(0x0018, 0x1612), .IS, "30")
        data.set(Tag(0x0018, 0x1620), .IS, "1", "2", "3", "4", "5", "6")
        #expect(
            ImageHeader(data).shutters == [
                .rectangular(left: 3, right: 90, upper: 4, lower: 80), .circular(row: 50, column: 40, radius: 30),
                .polygonal([1, 2, 3, 4, 5, 6]),
            ])
    }
}
