import Testing

@testable import ImageClassifier

@Suite struct `Header gate` {
    typealias Change = @Sendable (inout ImageHeader) -> Void

    static let refused: [(RefusalCode, Change)] = [
        (.modalityNotSupported, { $0.modality = "CT" }),
        (.modalityNotSupported, { $0.modality = "" }),
        (.modalityNotSupported, { $0.modality = "SC" }),
        (.objectNotSupported, { $0.sopClass = "1.2.840.10008.5.1.4.1.1.7" }),
        (.objectNotSupported, { $0.sopClass = "1.2.840.10008.5.1.4.1.1.2" }),
        (.objectNotSupported, { $0.sopClass = "" }),
        (.forProcessing, { $0.sopClass = "1.2.840.10008.5.1.4.1.1.1.1.1" }),
        (.forProcessing, { $0.presentationIntent = "FOR PROCESSING" }),
        (.speciesNotHuman, { $0.isNonHuman = true }),
        (.ageOutOfRange, { $0.patientAge = "006Y" }),
        (.ageOutOfRange, { $0.patientAge = "045Y" }),
        (.ageOutOfRange, { $0.patientAge = "000Y" }),
        (.ageOutOfRange, { $0.patientAge = "011M" }),
        (.ageOutOfRange, { $0.patientAge = "072M" }),
        (.ageOutOfRange, { $0.patientAge = "052W" }),
        (.ageOutOfRange, { $0.patientAge = "364D" }),
        (.ageMissing, { $0.patientAge = nil }),
        (.ageMissing, { $0.patientAge = "3Y" }),
        (.ageMissing, { $0.patientAge = "003X" }),
        (.ageMissing, { $0.patientAge = "-03Y" }),
        (.bodyPartNotChest, { $0.bodyPart = "ABDOMEN" }),
        (.viewNotFrontal, { $0.viewPosition = "LL" }),
        (.viewNotFrontal, { $0.viewPosition = "LATERAL" }),
        (.multipleFrames, { $0.numberOfFrames = 2 }),
        (.multipleFrames, { $0.numberOfFrames = 0 }),
        (.notGrayscale, { $0.samplesPerPixel = 3 }),
        (.notGrayscale, { $0.samplesPerPixel = 0 }),
        (.notGrayscale, { $0.photometricInterpretation = "" }),
        (.notGrayscale, { $0.photometricInterpretation = "PALETTE COLOR" }),
        (.burnedInAnnotation, { $0.burnedInAnnotation = "YES" }),
    ]

    static let accepted: [Change] = [
        { _ in }, { $0.patientAge = "001Y" }, { $0.patientAge = "005Y" }, { $0.patientAge = "012M" },
        { $0.patientAge = "071M" }, { $0.patientAge = "053W" }, { $0.patientAge = "400D" },
        { $0.viewPosition = "PA" }, { $0.viewPosition = nil }, { $0.bodyPart = nil },
        { $0.burnedInAnnotation = nil }, { $0.presentationIntent = nil },
        { $0.photometricInterpretation = "MONOCHROME1" },
        { header in
            header.modality = "CR"
            header.sopClass = "1.2.840.10008.5.1.4.1.1.1"
        },
    ]

    @Test(arguments: refused.indices)
    func `an image out of scope is refused with its code`(index: Int) throws {
        let (code, change) = Self.refused[index]
        var header = acceptedHeader()
        change(&header)
        #expect(try gate().refusal(header)?.code == code)
    }

    @Test(arguments: accepted.indices)
    func `an image in scope is accepted`(index: Int) throws {
        var header = acceptedHeader()
        Self.accepted[index](&header)
        #expect(try gate().refusal(header) == nil)
    }

    @Test func `each rule of the bundled model is tried, in the order of the codes`() throws {
        let rules = try Bundled.model().headerRules.rules
        let codes = rules.flatMap { [$0.refusal, $0.absentRefusal] }
        #expect(Set(Self.refused.map { $0.0 }) == Set(codes))
        let places = rules.compactMap { RefusalCode.allCases.firstIndex(of: $0.refusal) }
        #expect(places == places.sorted())
    }

    @Test func `of several objections the outermost is told`() throws {
        var header = acceptedHeader()
        header.viewPosition = "LL"
        header.patientAge = "045Y"
        #expect(try gate().refusal(header)?.code == .ageOutOfRange)
        header.modality = "CT"
        #expect(try gate().refusal(header)?.code == .modalityNotSupported)
        #expect(try gate().refusal(header)?.depth == 0)
    }

    @Test func `a refusal by age names the range of the model`() throws {
        let rules = try Bundled.model().headerRules
        #expect(rules.reason(.ageOutOfRange).hasSuffix("(1 to 5 years)."))
        #expect(rules.reason(.ageMissing).hasSuffix("(1 to 5 years)."))
        #expect(rules.reason(.bodyPartNotChest) == RefusalCode.bodyPartNotChest.reason)
    }

    @Test func `a site may score images without an age or of Secondary Capture`() throws {
        var header = acceptedHeader()
        header.patientAge = nil
        header.sopClass = "1.2.840.10008.5.1.4.1.1.7"
        header.modality = "OT"
        let gate = try gate(ScopePolicy(missingAge: .caveat, acceptsSecondaryCapture: true))
        #expect(gate.refusal(header) == nil)
        #expect(gate.caveats(header) == [.ageMissing])
        header.patientAge = "030Y"
        #expect(gate.refusal(header)?.code == .ageOutOfRange)
    }

    @Test func `a site may refuse images that say nothing of burned-in text`() throws {
        var header = acceptedHeader()
        header.burnedInAnnotation = nil
        #expect(try gate(ScopePolicy(missingBurnedIn: .refuse)).refusal(header)?.code == .burnedInAnnotation)
        #expect(try gate().caveats(header) == [.burnedInAnnotationUnknown])
    }

    @Test func `silence on the view and a polarity contradiction are told`() throws {
        var header = acceptedHeader()
        #expect(try gate().caveats(header).isEmpty)
        header.viewPosition = nil
        header.presentationLUTShape = "INVERSE"
        #expect(try gate().caveats(header) == [.polarityContradiction, .viewMissing])
    }

    @Test(arguments: RefusalCode.allCases)
    func `every refusal has words, and none says negative`(code: RefusalCode) {
        #expect(code.reason.hasSuffix("."))
        #expect(!code.reason.lowercased().contains("negative"))
    }

    private func gate(_ policy: ScopePolicy = ScopePolicy()) throws -> HeaderGate {
        HeaderGate(rules: try Bundled.model().headerRules, policy: policy)
    }
}
