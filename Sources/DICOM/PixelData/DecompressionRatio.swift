/// How much a stream may unfold to, by its length: checked before a codec sees it.
enum DecompressionRatio {
    /// Bytes of a decoded frame that JPEG 2000 and JPEG-LS may give from whatever few bytes: an empty image is small.
    static let free = 64 << 20
    /// Decoded bytes for each encoded one beyond `free`.
    static let maximum = 1_024

    /// Throws `pixelDataTooShort` where the stream cannot hold the frame, and `decompressionRatioTooHigh` where it
    /// could only by saying nearly nothing.
    static func check(_ frame: EncodedFrame) throws(DICOMError) {
        guard frame.transferSyntax.isEncapsulated else { return }
        let encoded = frame.fragments.reduce(0) { $0 + $1.count }
        let samples = PixelInvariants.sampleCount(frame)
        let decoded = PixelInvariants.byteCount(frame)
        let suffices =
            switch frame.transferSyntax {
            // A code of one bit for each sample (ISO 10918-1 §H.1.2.2).
            case .jpegLossless, .jpegLosslessSV1: encoded >= samples / 8
            // Two codes of one bit for each block of 64 samples, colour subsampled fourfold (§F.1.2).
            case .jpegBaseline, .jpegExtended: encoded >= samples / (64 * 4 * 2)
            // Two bytes for a run of 128 (PS3.5 §G.3.1).
            case .rleLossless: encoded >= decoded / 64
            default: true
            }
        guard suffices else { throw DICOMError(.pixelDataTooShort, tag: .pixelData) }
        guard decoded <= max(free, encoded.multipliedReportingOverflow(by: maximum).partialValue) else {
            throw DICOMError(.decompressionRatioTooHigh, tag: .pixelData)
        }
    }
}
