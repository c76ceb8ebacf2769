/// Relations that hold between pixel attributes (PS3.3 C.7.6.3.1, PS3.5 §8.1), checked before any memory is taken.
enum PixelInvariants {
    /// Bytes of one decoded frame that are still accepted: 256 MiB.
    static let maximumBytes = 256 << 20

    /// Bytes of the decoded frame. Call after `check`, which keeps the factors small.
    static func byteCount(_ frame: EncodedFrame) -> Int {
        sampleCount(frame) * Frame.bytesPerSample(bitsAllocated: frame.bitsAllocated)
    }

    /// Samples of the decoded frame.
    static func sampleCount(_ frame: EncodedFrame) -> Int { frame.rows * frame.columns * frame.samplesPerPixel }

    /// Bits that one native frame takes in Pixel Data: frames of single bits follow each other without padding
    /// (PS3.5 §8.2), and subsampled colour has two samples for a pixel (C.7.6.3.1.2).
    static func storedBitCount(_ frame: EncodedFrame) -> Int {
        if frame.bitsAllocated == 1 { return sampleCount(frame) }
        if frame.photometricInterpretation == "YBR_FULL_422" { return frame.rows * frame.columns * 2 * 8 }
        return byteCount(frame) * 8
    }

    /// Throws `invalidPixelAttribute` with the tag, or `tooManyPixels`.
    static func check(_ frame: EncodedFrame) throws(DICOMError) {
        let photometric = frame.photometricInterpretation
        let isNative = !frame.transferSyntax.isEncapsulated
        let conditions: [(Tag, Bool)] = [
            (.rows, (1...65_535).contains(frame.rows)),
            (.columns, (1...65_535).contains(frame.columns)),
            (.samplesPerPixel, frame.samplesPerPixel == 1 || frame.samplesPerPixel == 3),
            (.bitsAllocated, isWidth(frame.bitsAllocated, of: frame)),
            (.bitsStored, (1...32).contains(frame.bitsStored) && frame.bitsStored <= frame.bitsAllocated),
            (.highBit, frame.highBit >= frame.bitsStored - 1 && frame.highBit < frame.bitsAllocated),
            (.photometricInterpretation, samples[photometric] == frame.samplesPerPixel),
            (.photometricInterpretation, !isNative || nativeColours.contains(photometric)),
            (
                .columns,
                !isNative || photometric != "YBR_FULL_422" || (frame.columns % 2 == 0 && frame.bitsAllocated == 8)
            ),
        ]
        for (tag, holds) in conditions where !holds { throw DICOMError(.invalidPixelAttribute, tag: tag) }
        guard byteCount(frame) <= maximumBytes else { throw DICOMError(.tooManyPixels, tag: .rows) }
    }

    /// Single bits and 32 bits are native (PS3.5 §8.2): no codec here has them.
    private static func isWidth(_ bits: Int, of frame: EncodedFrame) -> Bool {
        switch bits {
        case 8, 16: true
        case 1: frame.samplesPerPixel == 1 && !frame.transferSyntax.isEncapsulated
        case 32: !frame.transferSyntax.isEncapsulated
        default: false
        }
    }

    /// Samples per Pixel by Photometric Interpretation (PS3.3 C.7.6.3.1.2).
    private static let samples = [
        "MONOCHROME1": 1, "MONOCHROME2": 1, "PALETTE COLOR": 1, "RGB": 3, "YBR_FULL": 3, "YBR_FULL_422": 3,
        "YBR_PARTIAL_422": 3, "YBR_PARTIAL_420": 3, "YBR_ICT": 3, "YBR_RCT": 3,
    ]

    /// The rest exists in compressed streams only, or is retired.
    private static let nativeColours: Set<String> = [
        "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422",
    ]
}
