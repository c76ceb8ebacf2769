/// The seam between a stored frame and its pixels: in process (`InProcessFrameDecoder`) or in a worker process.
public protocol FrameDecoder: Sendable {
    /// Decodes one frame. Throws `unsupportedTransferSyntax`, `invalidPixelAttribute`, `tooManyPixels`,
    /// `pixelDataTooShort`, `decompressionRatioTooHigh` or `decodeFailed`, and where another process decodes also
    /// `decoderCrashed`, `decoderTimedOut` or `decoderUnavailable`; the frame answered agrees with the attributes asked
    /// for.
    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame
}
