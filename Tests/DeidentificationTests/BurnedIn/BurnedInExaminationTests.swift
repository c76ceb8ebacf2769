import DICOM
import SecondOpinion
import Synchronization
import Testing

@testable import Deidentification

@Suite("Examination of frames for text")
struct BurnedInExaminationTests {
    @Test(
        "Markers pass, words of three and more characters count from their confidence on",
        arguments: [
            ([("PORTABLE", 20.0)], nil), ([("AP", 96), ("L", 95)], nil), ([("PORTABHE", 64)], nil),
            ([("SUP1NE", 71)], nil),
            ([("ae", 99)], nil), ([("SEN", 94)], nil), ([("SEN", 95)], .textDetected), ([("Saal", 73)], nil),
            ([("Jane", 75)], .textDetected), ([("1977-08-23", 40)], .textDetected), ([("1977-08-23", 39)], nil),
            ([("PORTABLE", 96), ("SMITH", 61)], .textDetected), ([("Lee", 0)], .textDetected),
            ([("M0STERMANN", 3)], .textDetected), ([("12.05.1961", 1)], .textDetected), ([("~~", 99)], nil),
        ] as [([(String, Double)], QuarantineReason?)])
    func words(found: [(String, Double)], reason: QuarantineReason?) throws {
        #expect(try judgement(found.map { word($0.0, $0.1) }).reason == reason)
    }

    @Test("A place that looks like text is unsure, unless a marker was read there")
    func places() throws {
        let place = word("", 0, left: 100)
        #expect(try judgement([place]).reason == .textUnsure)
        #expect(try judgement([place, word("PORTABLE", 30, left: 104)]).reason == nil)
        #expect(try judgement([place, word("PORTABLE", 90, left: 300)]).reason == .textUnsure)
        #expect(try judgement([place, word("xyz", 50, left: 100)]).reason == .textUnsure)
        // Two letters are seen anywhere.
        #expect(try judgement([place, word("AP", 40, left: 100)]).reason == .textUnsure)
        #expect(try judgement([place, word("AP", 90, left: 100)]).reason == nil)
        #expect(try judgement([place, word("MUSTERMANN", 90, left: 100)]).reason == .textDetected)
    }

    @Test("Without a detector, with one that fails and with frames left over nothing passes")
    func failures() throws {
        let frame = EncodedFrame(try PixelMaskTests.frame(rows: 50, columns: 64))
        let decoder = Fixed()
        var blind = examination(.examine(mask: nil))
        _ = blind.examine(frame, decoder: decoder, detector: nil)
        #expect(blind.verdict(numberOfFrames: 1) == .quarantine(.textDetectionUnavailable))
        var failing = examination(.examine(mask: nil))
        _ = failing.examine(frame, decoder: decoder, detector: Fixed(error: DICOMError(.libraryFault)))
        #expect(failing.verdict(numberOfFrames: 1) == .quarantine(.textDetectionUnavailable))
        var half = examination(.examine(mask: nil))
        _ = half.examine(frame, decoder: decoder, detector: decoder)
        #expect(half.verdict(numberOfFrames: 1) == .textFree && half.frameCount == 1)
        #expect(half.verdict(numberOfFrames: 2) == .quarantine(.textDetectionUnavailable))
        #expect(examination(.examine(mask: nil)).verdict(numberOfFrames: 0) == .quarantine(.textDetectionUnavailable))
        #expect(examination(.decided(.unchecked)).verdict(numberOfFrames: 3) == .unchecked)
    }

    @Test("One frame with text is enough, and later frames do not heal it")
    func oneOfMany() throws {
        let frame = EncodedFrame(try PixelMaskTests.frame(rows: 50, columns: 64))
        let decoder = Fixed()
        var examination = examination(.examine(mask: nil))
        _ = examination.examine(frame, decoder: decoder, detector: decoder)
        _ = examination.examine(frame, decoder: decoder, detector: Fixed(words: [word("Hospital", 90)]))
        _ = examination.examine(frame, decoder: decoder, detector: decoder)
        #expect(examination.verdict(numberOfFrames: 3) == .quarantine(.textDetected))
    }

    @Test("The detector sees the masked pixels, and text beside the mask is still found")
    func masked() throws {
        let frame = try PixelMaskTests.frame(rows: 50, columns: 64)
        let mask = try #require(
            PixelMask(
                template: "t", rows: 50, columns: 64, covered: [PixelRectangle(left: 0, top: 0, width: 64, height: 10)])
        )
        let decoder = Fixed()
        var passing = examination(.examine(mask: mask))
        let answer = passing.examine(EncodedFrame(frame), decoder: decoder, detector: decoder)
        #expect(answer == mask.applied(to: frame))
        #expect(decoder.seen.withLock { $0 }?.fragments == answer.map { [$0.pixels] })
        #expect(passing.verdict(numberOfFrames: 1) == .masked)
        var beside = examination(.examine(mask: mask))
        let hospital = Fixed(words: [word("Hospital", 90)])
        #expect(beside.examine(EncodedFrame(frame), decoder: decoder, detector: hospital) == nil)
        #expect(beside.verdict(numberOfFrames: 1) == .quarantine(.textDetected))
        var other = examination(.examine(mask: mask))
        let wide = try PixelMaskTests.frame(rows: 64, columns: 50)
        #expect(other.examine(EncodedFrame(wide), decoder: decoder, detector: decoder) == nil)
        #expect(other.verdict(numberOfFrames: 1) == .quarantine(.maskSizeDiffers))
    }

    @Test(
        "The patient is known in the forms that a recogniser reads",
        arguments: [
            ("MUSTERMANN", true), ("mustermann,", true), ("MUSTERMAN", true), ("MU5TERMANN", true), ("Jorg", true),
            ("Jörg", true), ("PATMUSTERMANNX", true), ("A1234S67", true), ("19610512", true), ("12/05/61", true),
            ("05.12.1961", true), ("MEIER", false), ("1961", false), ("12", false), ("", false), ("Haus", false),
        ])
    func identity(text: String, known: Bool) throws {
        #expect(IdentityInPixels(try Self.patient()).holds(text) == known)
    }

    @Test("Judgement and identity print nothing of what they hold")
    func redacted() throws {
        let identity = IdentityInPixels(try Self.patient())
        #expect(!"\(identity)".lowercased().contains("muster") && !String(reflecting: identity).contains("3rmann"))
    }

    private func judgement(_ found: [DetectedWord]) throws -> TextJudgement {
        TextJudgement(found, rules: BurnedInRules.builtIn.words, identity: IdentityInPixels(try Self.patient()))
    }

    private func examination(_ plan: BurnedInPlan) -> BurnedInExamination {
        BurnedInExamination(plan, policy: BurnedInPolicy(gate: .risky), identity: KnownIdentity())
    }

    private func word(_ text: String, _ confidence: Double, left: Int = 0) -> DetectedWord {
        DetectedWord(text: text, confidence: confidence, left: left, top: 10, width: 60, height: 12)
    }

    private static func patient() throws -> KnownIdentity {
        var identity = KnownIdentity()
        try identity.add(name: "Mustermann^Jörg^Lee")
        try identity.add(identifier: "A1234567")
        try identity.add(date: "19610512")
        return identity
    }
}

/// Decodes native frames, and answers the words it was made with.
private final class Fixed: FrameDecoder, TextDetector {
    let found: [DetectedWord]
    let error: DICOMError?
    let seen = Mutex<EncodedFrame?>(nil)

    init(words: [DetectedWord] = [], error: DICOMError? = nil) {
        self.found = words
        self.error = error
    }

    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        guard
            let decoded = Frame(
                rows: frame.rows, columns: frame.columns, bitsAllocated: frame.bitsAllocated,
                bitsStored: frame.bitsStored, photometricInterpretation: frame.photometricInterpretation,
                pixels: frame.fragments.first ?? [])
        else { throw DICOMError(.decodeFailed) }
        return decoded
    }

    func words(in frame: EncodedFrame) throws(DICOMError) -> [DetectedWord] {
        seen.withLock { $0 = frame }
        if let error { throw error }
        return found
    }
}
