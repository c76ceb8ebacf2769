public import DICOM
public import SecondOpinion

/// The search of one instance's frames, one at a time, for studies in memory and for files that are streamed alike.
///
/// Every frame must be examined; the first that does not pass decides. What is found is counted, never kept.
public struct BurnedInExamination: Sendable {
    /// What must be done.
    public let plan: BurnedInPlan
    /// Frames examined so far.
    public private(set) var frameCount = 0
    /// Words read in all frames, markers too.
    public private(set) var wordCount = 0
    /// Words that were passed over as markers.
    public private(set) var markerCount = 0
    /// Places that look like text and hold no marker.
    public private(set) var placeCount = 0

    private let words: WordRules
    private let identity: IdentityInPixels
    private var failure: QuarantineReason?

    /// The examination of one instance; `identity` is everything known of the patient.
    public init(_ plan: BurnedInPlan, policy: BurnedInPolicy, identity: KnownIdentity) {
        self.plan = plan
        self.words = policy.rules.words
        self.identity = IdentityInPixels(identity)
    }

    /// Examines one stored frame and answers it masked where the plan masks, else nil: the stored frame may be used as
    /// it is. Decoder and detector may be one worker process. Nothing is searched after a failure.
    ///
    /// Never throws: what cannot be decoded or searched is `textDetectionUnavailable` in the verdict.
    public mutating func examine(
        _ frame: EncodedFrame, decoder: any FrameDecoder, detector: (any TextDetector)?
    ) -> Frame? {
        guard case .examine(let mask) = plan, failure == nil else { return nil }
        frameCount += 1
        guard let detector else {
            failure = .textDetectionUnavailable
            return nil
        }
        do {
            guard let mask else {
                judge(try detector.words(in: frame))
                return nil
            }
            guard let masked = mask.applied(to: try decoder.decode(frame)) else {
                failure = .maskSizeDiffers
                return nil
            }
            judge(try detector.words(in: EncodedFrame(masked)))
            return failure == nil ? masked : nil
        } catch {
            failure = .textDetectionUnavailable
            return nil
        }
    }

    /// What holds after `numberOfFrames` frames of the instance; fewer examined than there are is a quarantine.
    public func verdict(numberOfFrames: Int) -> BurnedInVerdict {
        if let failure { return .quarantine(failure) }
        switch plan {
        case .decided(let verdict): return verdict
        case .examine:
            guard numberOfFrames > 0, frameCount == numberOfFrames else {
                return .quarantine(.textDetectionUnavailable)
            }
            return plan.expected
        }
    }

    private mutating func judge(_ found: [DetectedWord]) {
        let judgement = TextJudgement(found, rules: words, identity: identity)
        wordCount += judgement.words
        markerCount += judgement.markers
        placeCount += judgement.places
        failure = judgement.reason
    }
}

extension EncodedFrame {
    /// A decoded frame as a native one.
    public init(_ frame: Frame) {
        self.init(
            transferSyntax: .explicitVRLittleEndian, rows: frame.rows, columns: frame.columns,
            samplesPerPixel: frame.samplesPerPixel, bitsAllocated: frame.bitsAllocated, bitsStored: frame.bitsStored,
            highBit: frame.highBit, isSigned: frame.isSigned,
            photometricInterpretation: frame.photometricInterpretation, fragments: [frame.storedPixels])
    }
}

extension Frame {
    /// The pixels as native Pixel Data has them: single bits packed, the lowest bit of a byte first (PS3.5 §8.1.1).
    var storedPixels: [UInt8] {
        guard bitsAllocated == 1 else { return pixels }
        var packed = [UInt8](repeating: 0, count: (pixels.count + 7) / 8)
        for (index, pixel) in pixels.enumerated() { packed[index / 8] |= (pixel & 1) << UInt8(index % 8) }
        return packed
    }
}
