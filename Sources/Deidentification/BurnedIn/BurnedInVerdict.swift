internal import DICOM

/// What is known about text in the pixels of one instance (PS3.15 §E.3.1).
public enum BurnedInVerdict: Sendable, Hashable {
    /// The header says Burned In Annotation (0028,0301) NO and no rule doubts it; the pixels were not read.
    case declaredAbsent
    /// The header says nothing and nobody looked: such an image stays in this process.
    case unchecked
    /// Every frame was searched and nothing was found that counts as text.
    case textFree
    /// A device's mask was laid over every frame, and the rest was searched as for `textFree`.
    case masked
    /// The object has no pixels: a report, a presentation state. There was nothing to look at.
    case noPixels
    /// Nothing of this instance leaves.
    case quarantine(QuarantineReason)

    /// Whether Burned In Annotation (0028,0301) may say NO because the pixels were checked or cleaned.
    public var isExamined: Bool { self == .textFree || self == .masked }

    /// Whether pixels were taken away: Clean Pixel Data (113101) really ran.
    public var isCleaned: Bool { self == .masked }
}

/// Why an instance is held back because of its pixels; the raw values are stable.
public enum QuarantineReason: String, Sendable, Hashable, CaseIterable, Error {
    /// The rules ask for a search of the pixels, and the profile does not allow one (`textGate: never`).
    case textRisk
    /// A rule refuses this kind of object.
    case refusedByRule
    /// Words were read that are no markers, or that belong to the patient.
    case textDetected
    /// Something looks like text and could not be read.
    case textUnsure
    /// The search could not be done: no recogniser, no language data, no decoder for the frames, or it took too long.
    case textDetectionUnavailable
    /// The rules demand a mask, and no template fits the device.
    case maskMissing
    /// More than one template fits.
    case maskAmbiguous
    /// A template fits the device, and none fits the size of the image.
    case maskSizeDiffers
    /// The template takes its regions from the header, and the header has none that can be used.
    case maskRegionsUnusable
}

extension DeidentificationError {
    /// Why an instance that is held back because of its pixels is not de-identified.
    init(_ reason: QuarantineReason, instance: Int? = nil) {
        let code: Code =
            switch reason {
            case .textRisk: .burnedInAnnotation
            case .refusedByRule: .unsupportedObject
            case .textDetected: .textDetected
            case .textUnsure: .textUnsure
            case .textDetectionUnavailable: .textDetectionUnavailable
            case .maskMissing: .maskMissing
            case .maskAmbiguous: .maskAmbiguous
            case .maskSizeDiffers: .maskSizeDiffers
            case .maskRegionsUnusable: .maskRegionsUnusable
            }
        self.init(code, instance: instance, tag: .burnedInAnnotation)
    }
}
