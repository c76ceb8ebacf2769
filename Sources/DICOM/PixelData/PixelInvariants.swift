/// Relations that hold between pixel attributes (PS3.3 C.7.6.3.1, PS3.5 §8.1), checked before any memory is taken.
enum PixelInvariants {
    /// Bytes of one decoded frame that are still accepted: 256 MiB.
    static let maximumBytes = 256 << 20

    /// Bytes of the decoded frame. Call after `check`, which keeps the factors small.
    static func byteCount(_ frame: EncodedFrame) -> Int {
        frame.rows * frame.columns * frame.samplesPerPixel * (frame.bitsAllocated / 8)
    }

    /// Throws `invalidPixelAttribute` with the tag, or `tooManyPixels`.
    static func check(_ frame: EncodedFrame) throws(DICOMError) {
        let photometric = frame.photometricInterpretation
        let conditions: [(Tag, Bool)] = [
            (.rows, (1...65_535).contains(frame.rows)),
            (.columns, (1...65_535).contains(frame.columns)),
            (.samplesPerPixel, frame.samplesPerPixel == 1 || frame.samplesPerPixel == 3),
            (.bitsAllocated, frame.bitsAllocated == 8 || frame.bitsAllocated == 16),
            (.bitsStored, (1...16).contains(frame.bitsStored) && frame.bitsStored <= frame.bitsAllocated),
            (.highBit, frame.highBit >= frame.bitsStored - 1 && frame.highBit < frame.bitsAllocated),
            (.photometricInterpretation, samples[photometric] == frame.samplesPerPixel),
            // Subsampled native colour has fewer bytes than the attributes say (C.7.6.3.1.2).
            (
                .photometricInterpretation,
                frame.transferSyntax.isEncapsulated || !photometric.hasPrefix("YBR_") || photometric == "YBR_FULL"
            ),
        ]
        for (tag, holds) in conditions where !holds { throw DICOMError(.invalidPixelAttribute, tag: tag) }
        guard byteCount(frame) <= maximumBytes else { throw DICOMError(.tooManyPixels, tag: .rows) }
    }

    /// Samples per Pixel by Photometric Interpretation(PS3.3 C.7.6.3.1.2).
    private static let samples = [
        "MONOCHROME1": 1, "MONOCHROME2": 1, "PALETTE COLOR": 1, "RGB": 3, "YBR_FULL": 3, "YBR_FULL_422": 3,
        "YBR_PARTIAL_422": 3, "YBR_PARTIAL_420": 3, "YBR_ICT": 3, "YBR_RCT": 3,
    ]
}
