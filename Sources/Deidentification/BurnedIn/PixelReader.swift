public import DICOM
internal import SecondOpinion

/// Who decodes frames and who searches them for text: one worker process, as a rule.
public struct PixelReader: Sendable {
    let decoder: any FrameDecoder
    let detector: (any TextDetector)?

    /// Both must take every frame that they are given, or throw. Without a detector nothing is searched: who asks for it
    /// is refused.
    public init(decoder: any FrameDecoder, detector: (any TextDetector)? = nil) {
        self.decoder = decoder
        self.detector = detector
    }

    /// The frames of an instance, examined as `examination` says, and masked ones in their order; nil where nothing was
    /// masked and the stored frames may be used. Throws the codes of `QuarantineReason`.
    func examine(_ instance: Instance, _ examination: BurnedInExamination) throws(DeidentificationError) -> [Frame]? {
        var examination = examination
        var masked: [Frame] = []
        for index in 0..<instance.numberOfFrames {
            guard let frame = try? instance.encodedFrame(index) else {
                throw DeidentificationError(.textDetectionUnavailable)
            }
            if let answer = examination.examine(frame, decoder: decoder, detector: detector) { masked.append(answer) }
            if case .quarantine(let reason) = examination.verdict(numberOfFrames: examination.frameCount) {
                throw DeidentificationError(reason)
            }
        }
        guard masked.isEmpty || masked.count == instance.numberOfFrames,
            examination.verdict(numberOfFrames: instance.numberOfFrames) == examination.plan.expected
        else { throw DeidentificationError(.textDetectionUnavailable) }
        return masked.isEmpty ? nil : masked
    }
}
