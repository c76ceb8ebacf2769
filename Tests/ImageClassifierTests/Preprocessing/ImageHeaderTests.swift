import DICOM
import Testing

@testable import ImageClassifier

@Suite struct `Image header` {
    @Test func `codes are read without regard to case`() {
        var data = DataSet()
        data.set(.modality, .CS, "dx")
        data.set(.viewPosition, .CS, "pa")
        data.set(.numberOfFrames, .IS, "3")
        data.set(.samplesPerPixel, .US, 1)
        let header = ImageHeader(data)
        #expect(header.modality == "DX")
        #expect(header.viewPosition == "PA")
        #expect(header.numberOfFrames == 3)
        #expect(header.samplesPerPixel == 1)
        #expect(header.patientAge == nil)
    }

    @Test(arguments: [
        ("LINEAR", VOITransform.window(40, 400, .linear)), ("LINEAR_EXACT", .window(40, 400, .linearExact)),
        ("SIGMOID", .window(40, 400, .sigmoid)), ("SOMETHING", nil),
    ])
    func `the first window is read with its function`(function: String, expected: VOITransform?) {
        var data = DataSet()
        data.set(.windowCenter, .DS, "40", "80")
        data.set(.windowWidth, .DS, "400", "800")
        data.set(.voiLUTFunction, .CS, function)
        #expect(ImageHeader(data).voiTransform == expected)
    }

    @Test func `a window without a width, or of none, is no window`() {
        var data = DataSet()
        data.set(.windowCenter, .DS, "40")
        #expect(ImageHeader(data).voiTransform == nil)
        data.set(.windowWidth, .DS, "0")
        #expect(ImageHeader(data).voiTransform == nil)
    }

    @Test func `a VOI LUT comes before a window, as words or as bytes`() throws {
        var data = DataSet()
        data.set(.windowCenter, .DS, "40")
        data.set(.windowWidth, .DS, "400")
        var item = DataSet()
        item.set(.lutDescriptor, .US, 3, 10, 12)
        item.set(.lutData, .US, 0, 7, 4095)
        data.set(.voiLUTSequence, items: [item])
        let table = try #require(LookupTable(descriptor: [3, 10, 12], data: [0, 7, 4095]))
        #expect(ImageHeader(data).voiTransform == .table(table))
        item[.lutData] = DataElement(.lutData, .OW, .bytes([0, 0, 7, 0, 0xFF, 0x0F]))
        data.set(.voiLUTSequence, items: [item])
        #expect(ImageHeader(data).voiTransform == .table(table))
    }

    @Test func `a table that contradicts its descriptor is passed over`() {
        var data = DataSet()
        data.set(.windowCenter, .DS, "40")
        data.set(.windowWidth, .DS, "400")
        var item = DataSet()
        item.set(.lutDescriptor, .US, 4, 10, 12)
        item[.lutData] = DataElement(.lutData, .OW, .bytes([1]))
        data.set(.voiLUTSequence, items: [item])
        #expect(ImageHeader(data).voiTransform == .window(40, 400, .linear))
    }

    @Test func `the first mapped value of a signed image may be written unsigned`() throws {
        var data = DataSet()
        data.set(.pixelRepresentation, .US, 1)
        var item = DataSet()
        item.set(.lutDescriptor, .US, 2, 0xFC00, 16)
        item.set(.lutData, .US, 5, 6)
        data.set(.modalityLUTSequence, items: [item])
        let table = try #require(LookupTable(descriptor: [2, -1024, 16], data: [5, 6]))
        #expect(ImageHeader(data).modalityTransform == .table(table))
    }

    @Test func `slope and intercept are read together or not at all`() {
        var data = DataSet()
        data.set(.rescaleSlope, .DS, "2")
        #expect(ImageHeader(data).modalityTransform == .identity)
        data.set(.rescaleIntercept, .DS, "-1024")
        #expect(ImageHeader(data).modalityTransform == .rescale(slope: 2, intercept: -1024))
        data.set(.rescaleSlope, .DS, "1e308")
        #expect(ImageHeader(data).modalityTransform == .identity)
        data.set(.rescaleSlope, .DS, "0")
        #expect(ImageHeader(data).modalityTransform == .identity)
    }

    @Test func `padding is a value or a range, in either order, signed as the pixels are`() {
        var data = DataSet()
        #expect(ImageHeader(data).padding == nil)
        data.set(.pixelPaddingValue, .US, 63536)
        #expect(ImageHeader(data).padding == 63536...63536)
        data.set(.pixelRepresentation, .US, 1)
        #expect(ImageHeader(data).padding == -2000 ... -2000)
        data.set(.pixelPaddingRangeLimit, .US, 63530)
        #expect(ImageHeader(data).padding == -2006 ... -2000)
    }

    @Test func `an animal is not taken for a child`() {
        var data = DataSet()
        #expect(!ImageHeader(data).isNonHuman)
        data.set(Tag(0x0010, 0x2201), .LO, "Homo sapiens")
        #expect(!ImageHeader(data).isNonHuman)
        data.set(Tag(0x0010, 0x2201), .LO, "Canis lupus familiaris")
        #expect(ImageHeader(data).isNonHuman)
        var species = DataSet()
        species.set(.codeValue, .SH, "337915000")
        data.set(Tag(0x0010, 0x2202), items: [species])
        // A code that is the device's default does not outvote words, nor one item another.
        #expect(ImageHeader(data).isNonHuman)
        data.set(Tag(0x0010, 0x2201), .LO, "Human")
        #expect(!ImageHeader(data).isNonHuman)
        var dog = DataSet()
        dog.set(.codeValue, .SH, "448771007")
        data.set(Tag(0x0010, 0x2202), items: [species, dog])
        #expect(ImageHeader(data).isNonHuman)
    }
}
