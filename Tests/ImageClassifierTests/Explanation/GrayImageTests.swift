import Testing

@testable import ImageClassifier

@Suite struct `Grey image` {
    @Test func `a grey image has one byte per pixel`() {
        #expect(GrayImage(rows: 2, columns: 2, pixels: [1, 2, 3]) == nil)
        #expect(GrayImage(rows: 0, columns: 2, pixels: []) == nil)
        #expect(GrayImage(rows: .max, columns: 2, pixels: []) == nil)
    }

    @Test func `reduced, each pixel is the mean of those that it covers`() throws {
        let image = try #require(GrayImage(rows: 2, columns: 4, pixels: [0, 4, 8, 12, 100, 20, 24, 28]))
        #expect(image.resized(rows: 1, columns: 2)?.pixels == [31, 18])
        let three = try #require(GrayImage(rows: 1, columns: 3, pixels: [0, 90, 30]))
        #expect(three.resized(rows: 1, columns: 2)?.pixels == [30, 50])
    }

    @Test func `enlarged, it runs straight from pixel to pixel and stays at the border`() throws {
        let image = try #require(GrayImage(rows: 1, columns: 2, pixels: [0, 100]))
        #expect(image.resized(rows: 1, columns: 4)?.pixels == [0, 25, 75, 100])
        #expect(image.resized(rows: 3, columns: 2)?.pixels == [0, 100, 0, 100, 0, 100])
        #expect(image.resized(rows: 1, columns: 2) == image)
        #expect(image.resized(rows: 0, columns: 2) == nil)
    }

    @Test func `a flat image stays flat in every size`() throws {
        let image = try #require(GrayImage(rows: 7, columns: 5, pixels: [UInt8](repeating: 201, count: 35)))
        for (rows, columns) in [(1, 1), (3, 4), (7, 6), (11, 13), (40, 2)] {
            #expect(try #require(image.resized(rows: rows, columns: columns)).pixels.allSatisfy { $0 == 201 })
        }
    }

    @Test(
        "a picture has the pixels of the image; only a small one is enlarged, by a whole number",
        arguments: [
            (819, 1024, 819, 1024), (400, 500, 400, 500), (399, 500, 798, 1000), (224, 224, 448, 448),
            (96, 120, 480, 600), (300, 1024, 600, 2048), (100, 1024, 200, 2048), (1, 1, 400, 400),
        ])
    func size(rows: Int, columns: Int, expectedRows: Int, expectedColumns: Int) throws {
        let pixels = [UInt8](repeating: 0, count: rows * columns)
        let image = try #require(GrayImage(rows: rows, columns: columns, pixels: pixels))
        #expect(PictureSize(of: image) == PictureSize(rows: expectedRows, columns: expectedColumns))
    }
}
