internal import COpenJPEG

/// JPEG 2000 (ISO 15444-1) and High-Throughput JPEG 2000 (ISO 15444-15) by OpenJPEG, in process.
///
/// The bits of a sample in the stream become a number of the data set's Pixel Representation, whatever sign the stream
/// names (some encoders err there); three components that the stream transformed (RCT, ICT) come back as RGB, others as
/// they are. A codestream within a JP2 file, which DICOM does not allow and some devices write, is decoded too; its
/// boxes do not count.
struct JPEG2000FrameDecoder: FrameDecoder {
    /// What a stream may ask of the codec.
    enum Limits {
        static let tiles = 4_096
        static let layers = 256
        static let levels = 16
        /// A packet takes a byte at least (§B.10.3); below this count a shorter stream is let pass.
        static let freePackets = 4_096
    }

    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        guard let stream = Self.codestream(Array(frame.fragments.joined())), Self.hasEnd(stream),
            let header = JPEG2000Header(stream), Self.fits(header, frame, byteCount: stream.count)
        else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        let size = PixelInvariants.byteCount(frame)
        let shape = copenjpeg_shape(
            columns: UInt32(frame.columns), rows: UInt32(frame.rows), components: UInt32(header.components),
            precision: UInt32(header.precision), is_signed: header.isSigned ? 1 : 0,
            bits_stored: UInt32(frame.bitsStored), is_cell_signed: frame.isSigned ? 1 : 0,
            cell_bytes: UInt32(frame.bitsAllocated / 8))
        var status = COPENJPEG_FAULT
        let cells = unsafe [UInt8](unsafeUninitializedCapacity: size) { cells, count in
            guard let target = cells.baseAddress else { return }
            unsafe stream.withUnsafeBufferPointer { source in
                guard let start = source.baseAddress else { return }
                status = unsafe withUnsafePointer(to: shape) { shape in
                    unsafe copenjpeg_decode(start, source.count, shape, target, size)
                }
            }
            count = status == COPENJPEG_OK ? size : 0
        }
        guard status == COPENJPEG_OK else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        var decoded = frame
        decoded.highBit = frame.bitsStored - 1
        decoded.isPlanar = false
        decoded.photometricInterpretation = Self.photometric(frame, header)
        return try Frame(decoded, pixels: cells)
    }

    private static func fits(_ header: JPEG2000Header, _ frame: EncodedFrame, byteCount: Int) -> Bool {
        header.rows == frame.rows && header.columns == frame.columns && header.components == frame.samplesPerPixel
            && header.precision <= frame.bitsAllocated && header.tiles <= Limits.tiles
            && header.layers <= Limits.layers && header.levels <= Limits.levels
            && header.packets <= max(byteCount, Limits.freePackets)
    }

    private static func photometric(_ frame: EncodedFrame, _ header: JPEG2000Header) -> String {
        let stated = frame.photometricInterpretation
        guard frame.samplesPerPixel == 3 else { return stated }
        if header.hasColourTransform || stated == "YBR_RCT" || stated == "YBR_ICT" { return "RGB" }
        // The codec's components have one size: nothing is subsampled.
        return stated.hasPrefix("YBR_") ? "YBR_FULL" : stated
    }

    /// EOC (§A.4.4), and no more than padding after it: a stream that lost its end is no image.
    private static func hasEnd(_ stream: [UInt8]) -> Bool {
        let padding = stream.reversed().prefix { $0 == 0 }.count
        return stream.dropLast(padding).suffix(2).elementsEqual([0xFF, 0xD9])
    }

    /// The contiguous codestream within a JP2 file (§I.5.4), or the bytes themselves.
    static func codestream(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) else { return bytes }
        var reader = BigEndianReader(bytes[...])
        while let short = reader.uint32(), let type = reader.uint32() {
            var length = short - 8
            if short == 0 { length = reader.count }
            if short == 1 {
                guard let high = reader.uint32(), high == 0, let low = reader.uint32() else { return nil }
                length = low - 16
            }
            guard let box = reader.slice(length) else { return nil }
            if type == 0x6A70_3263 { return Array(box.remaining) }
        }
        return nil
    }
}
