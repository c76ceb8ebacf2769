/// Decodes every transfer syntax of `TransferSyntax.decodable` in this process: native pixels, JPEG, JPEG-LS and RLE by
/// DCMTK, JPEG 2000 by OpenJPEG.
///
/// Codecs are C and C++ that read what strangers wrote. Whoever serves orders lets a worker process do this.
public struct InProcessFrameDecoder: FrameDecoder {
    private let native = NativeFrameDecoder()
    private let dcmtk: DCMTKFrameDecoder
    private let jpeg2000 = JPEG2000FrameDecoder()

    /// Throws `libraryFault` where DCMTK or its data dictionary is not installed.
    public init() throws(DICOMError) { dcmtk = try DCMTKFrameDecoder() }

    /// Besides what `FrameDecoder` says: `decodeFailed` also where a stream contradicts the attributes.
    public func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        try frame.check()
        if !frame.transferSyntax.isEncapsulated { return try native.decode(frame) }
        return frame.transferSyntax.isJPEG2000 ? try jpeg2000.decode(frame) : try dcmtk.decode(frame)
    }
}

extension EncodedFrame {
    /// What can be said of a frame without its codec: throws `invalidPixelAttribute`, `tooManyPixels`,
    /// `unsupportedTransferSyntax`, `pixelDataTooShort` or `decompressionRatioTooHigh`.
    public func check() throws(DICOMError) {
        guard transferSyntax.isDecodable else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
        }
        try PixelInvariants.check(self)
        try DecompressionRatio.check(self)
    }

    /// Bytes of `Frame.pixels` once this frame is decoded. Throws what `check` throws.
    public func decodedByteCount() throws(DICOMError) -> Int {
        try PixelInvariants.check(self)
        return PixelInvariants.byteCount(self)
    }
}
