import DICOM
import Testing

@testable import ImageClassifier

@Suite struct `Stored values` {
    @Test func `bits above HighBit and below the stored ones are ignored`() throws {
        let values = [0, 1, 2047, 4095]
        let clean = try frame(values, rows: 2, columns: 2, stored: 12)
        let dirty = try frame(values, rows: 2, columns: 2, stored: 12, highBit: 13, noise: 0xC003)
        #expect(try #require(StoredValues(clean)).codes == [0, 1, 2047, 4095])
        #expect(try #require(StoredValues(dirty)).codes == [0, 1, 2047, 4095])
    }

    @Test(arguments: [8, 10, 12, 15, 16])
    func `signed values keep their sign`(bits: Int) throws {
        let lowest = -(1 << (bits - 1))
        let values = [lowest, -1, 0, -lowest - 1]
        let codes = try #require(
            StoredValues(try frame(values, rows: 2, columns: 2, stored: bits, isSigned: true)))
        #expect(codes.codes.map { codes.value(Int($0)) } == values)
    }

    @Test func `three samples per pixel are not read`() throws {
        let colour = try #require(
            Frame(
                rows: 1, columns: 1, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8,
                photometricInterpretation: "RGB", pixels: [1, 2, 3]))
        #expect(StoredValues(colour) == nil)
    }
}
