import DICOM
import Testing

@testable import ImageClassifier

/// One picture in many wrappings must get one probability (within .01).
@Suite struct `One image, wrapped differently` {
    /// A wrapping: stored values from 0…4095, how they are stored, and what the header says.
    struct Wrapping: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var bits = 12
        var isSigned = false
        var photometric = "MONOCHROME2"
        var stored: @Sendable (Int) -> Int = { $0 }
        var header: @Sendable (inout ImageHeader) -> Void = { _ in }
    }

    static let wrappings: [Wrapping] = [
        Wrapping(testDescription: "8 bit", bits: 8, stored: { $0 / 16 }),
        Wrapping(testDescription: "10 bit", bits: 10, stored: { $0 / 4 }),
        Wrapping(testDescription: "15 bit", bits: 15, stored: { $0 * 8 }),
        Wrapping(testDescription: "16 bit signed", bits: 16, isSigned: true, stored: { $0 - 2048 }),
        Wrapping(testDescription: "MONOCHROME1", photometric: "MONOCHROME1", stored: { 4095 - $0 }),
        Wrapping(
            testDescription: "MONOCHROME1 and INVERSE", photometric: "MONOCHROME1", stored: { 4095 - $0 },
            header: { $0.presentationLUTShape = "INVERSE" }),
        Wrapping(
            testDescription: "LINEAR over the whole range",
            header: { $0.voiTransform = .window(2048, 4096, .linear) }),
        Wrapping(
            testDescription: "LINEAR_EXACT over the whole range",
            header: { $0.voiTransform = .window(2047.5, 4095, .linearExact) }),
        Wrapping(
            testDescription: "slope and intercept",
            header: { $0.modalityTransform = .rescale(slope: 2.5, intercept: -1024) }),
        Wrapping(
            testDescription: "negative slope", stored: { 4095 - $0 },
            header: { $0.modalityTransform = .rescale(slope: -1, intercept: 4095) }),
        Wrapping(
            testDescription: "modality LUT",
            header: { header in
                let data = (0..<4096).map { UInt16($0 * 12 + 300) }
                header.modalityTransform =
                    LookupTable(descriptor: [4096, 0, 16], data: data).map { .table($0) }
                    ?? .identity
            }),
        Wrapping(
            testDescription: "MONOCHROME1 with a window", photometric: "MONOCHROME1", stored: { 4095 - $0 },
            header: { $0.voiTransform = .window(2048, 4096, .linear) }),
        Wrapping(
            testDescription: "VOI LUT",
            header: { header in
                let data = (0..<4096).map { UInt16($0 * 16) }
                header.voiTransform = LookupTable(descriptor: [4096, 0, 16], data: data).map { .table($0) }
            }),
    ]

    @Test(arguments: wrappings)
    func `gives one probability`(wrapping: Wrapping) throws {
        let plain = try probability(Wrapping(testDescription: "12 bit"))
        #expect(abs(try probability(wrapping) - plain) <= 0.01)
    }

    @Test func `polarity decides the report, so ignoring it would be seen`() throws {
        let plain = try probability(Wrapping(testDescription: "12 bit"))
        let ignored = try probability(Wrapping(testDescription: "inverted, unsaid", stored: { 4095 - $0 }))
        #expect(abs(ignored - plain) > 0.01)
    }

    @Test func `padding counts for nothing, whatever its value, once it is declared`() throws {
        let side = 224
        let values = formula(rows: side, columns: side, seed: 1, maximum: 4095)
        func scored(border: Int, isDeclared: Bool = true) throws -> Double {
            // A corner, as of a turned detector: no border line, so nothing but the declaration helps.
            let padded = values.indices.map { $0 % side + $0 / side < 60 ? border : values[$0] }
            var header = acceptedHeader()
            header.padding = isDeclared ? border...border : nil
            return try probability(
                try frame(padded, rows: side, columns: side, stored: 16, isSigned: true), header: header)
        }
        let reference = try scored(border: -2000)
        #expect(try scored(border: -30000) == reference)
        #expect(try scored(border: 20000) == reference)
        #expect(abs(try scored(border: 20000, isDeclared: false) - reference) > 0.01)
    }

    private func probability(_ wrapping: Wrapping) throws -> Double {
        let values = formula(rows: 224, columns: 224, seed: 1, maximum: 4095).map(wrapping.stored)
        var header = acceptedHeader()
        header.photometricInterpretation = wrapping.photometric
        wrapping.header(&header)
        return try probability(
            try frame(
                values, rows: 224, columns: 224, stored: wrapping.bits, isSigned: wrapping.isSigned,
                photometric: wrapping.photometric), header: header)
    }

    private func probability(_ frame: Frame, header: ImageHeader) throws -> Double {
        let model = try Bundled.model()
        let prepared = try Preprocessing.prepare(frame, header: header, side: model.architecture.side)
        let score = try #require(model.ensemble.score(prepared.input))
        return model.calibration.probability(score.logit)
    }
}
