import Testing

@testable import ImageClassifier

@Suite struct PolarityTests {
    @Test(arguments: [
        ("MONOCHROME2", nil, false, false), ("MONOCHROME1", nil, true, false),
        ("MONOCHROME1", "INVERSE", true, false), ("MONOCHROME2", "IDENTITY", false, false),
        ("MONOCHROME2", "INVERSE", true, true), ("MONOCHROME1", "IDENTITY", true, true),
    ])
    func `is inverted once, and a contradiction is told`(
        photometric: String, shape: String?, isInverted: Bool, isContradictory: Bool
    ) {
        let polarity = Polarity(photometricInterpretation: photometric, presentationLUTShape: shape)
        #expect(polarity.isInverted == isInverted)
        #expect(polarity.isContradictory == isContradictory)
    }
}
