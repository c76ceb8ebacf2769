internal import CDCMTK

/// Decodes in process what DCMTK decodes: JPEG (baseline, extended, lossless), JPEG-LS and RLE; and native pixels. JPEG
/// 2000 and all else throw `unsupportedTransferSyntax`: `InProcessFrameDecoder` has them too.
public struct DCMTKFrameDecoder: FrameDecoder {
    /// Throws `libraryFault` where DCMTK or its data dictionary is not installed.
    public init() throws(DICOMError) {
        guard cdcmtk_start() == CDCMTK_OK else { throw DICOMError(.libraryFault) }
    }

    /// Besides what `FrameDecoder` says: `decodeFailed` also where a stream contradicts the attributes.
    public func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        guard frame.transferSyntax.isEncapsulated else { return try NativeFrameDecoder().decode(frame) }
        guard Self.decodable.contains(frame.transferSyntax) else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
        }
        try frame.check()
        try checkStream(frame)
        return try encapsulated(frame)
    }

    private static let decodable: Set<TransferSyntax> = [
        .jpegBaseline, .jpegExtended, .jpegLossless, .jpegLosslessSV1, .jpegLSLossless, .jpegLSNearLossless,
        .rleLossless,
    ]

    /// A codec believes its own stream: it must say what the data set says.
    private func checkStream(_ frame: EncodedFrame) throws(DICOMError) {
        guard frame.transferSyntax != .rleLossless else { return }
        guard let header = JPEGFrameHeader(Array(frame.fragments.joined().prefix(1 << 20))),
            header.rows == frame.rows, header.columns == frame.columns, header.components == frame.samplesPerPixel,
            header.precision <= frame.bitsAllocated, header.belongs(to: frame.transferSyntax)
        else { throw DICOMError(.decodeFailed, tag: .pixelData) }
    }

    private func encapsulated(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        var attributes = cdcmtk_pixel_attributes(frame)
        var photometric = [CChar](repeating: 0, count: CDCMTK_PHOTOMETRIC_SIZE)
        for (index, byte) in frame.photometricInterpretation.utf8.prefix(photometric.count - 1).enumerated() {
            photometric[index] = CChar(bitPattern: byte)
        }
        var buffer = unsafe cdcmtk_buffer(bytes: nil, count: 0)
        let bytes = Array(frame.fragments.joined())
        let lengths = frame.fragments.map(\.count)
        let status = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe lengths.withUnsafeBufferPointer { lengths in
                unsafe cdcmtk_decode(
                    frame.transferSyntax.uid.value, &attributes, &photometric, bytes.baseAddress,
                    lengths.baseAddress, lengths.count, PixelInvariants.maximumBytes, &buffer)
            }
        }
        defer { unsafe cdcmtk_buffer_free(buffer) }
        guard status != CDCMTK_UNSUPPORTED else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
        }
        guard status == CDCMTK_OK else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        let decoded = attributes.applied(to: frame, photometric: photometric)
        guard decoded.rows == frame.rows, decoded.columns == frame.columns,
            decoded.samplesPerPixel == frame.samplesPerPixel, decoded.bitsAllocated == frame.bitsAllocated,
            decoded.bitsStored == frame.bitsStored, decoded.isSigned == frame.isSigned
        else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        return try Frame(decoded, pixels: unsafe NativeBuffer.bytes(buffer))
    }
}

extension cdcmtk_pixel_attributes {
    /// Of a frame that passed `PixelInvariants.check`, so that every value fits.
    init(_ frame: EncodedFrame) {
        self.init(
            rows: UInt16(clamping: frame.rows), columns: UInt16(clamping: frame.columns),
            samples_per_pixel: UInt16(clamping: frame.samplesPerPixel),
            bits_allocated: UInt16(clamping: frame.bitsAllocated), bits_stored: UInt16(clamping: frame.bitsStored),
            high_bit: UInt16(clamping: frame.highBit), pixel_representation: frame.isSigned ? 1 : 0,
            planar: frame.isPlanar ? 1 : 0)
    }

    /// `frame` with what the codec says of its result.
    func applied(to frame: EncodedFrame, photometric: [CChar]) -> EncodedFrame {
        var result = frame
        result.rows = Int(rows)
        result.columns = Int(columns)
        result.samplesPerPixel = Int(samples_per_pixel)
        result.bitsAllocated = Int(bits_allocated)
        result.bitsStored = Int(bits_stored)
        result.highBit = Int(high_bit)
        result.isSigned = pixel_representation == 1
        result.isPlanar = planar == 1
        result.photometricInterpretation = String(
            decoding: photometric.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return result
    }
}
