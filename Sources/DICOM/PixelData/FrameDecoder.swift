/// The seam between a stored frame and its pixels: in process (`DCMTKFrameDecoder`) or in a worker process.
public protocol FrameDecoder: Sendable {
    /// Decodes one frame. Throws `unsupportedTransferSyntax`, `invalidPixelAttribute`, `tooManyPixels`,
    /// `pixelDataTooShort` or `decodeFailed`; the frame answered agrees with the attributes asked for.
    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame
}
