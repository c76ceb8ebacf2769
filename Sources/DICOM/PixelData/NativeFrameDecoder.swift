/// Pixels that no codec wrote (PS3.5 §8.2): they are cut out and put in order, in Swift, in process.
struct NativeFrameDecoder: FrameDecoder {
    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        try PixelInvariants.check(frame)
        guard !frame.transferSyntax.isEncapsulated else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
        }
        let size = (PixelInvariants.storedBitCount(frame) + 7) / 8
        guard let stored = frame.fragments.first, stored.count >= size else {
            throw DICOMError(.pixelDataTooShort, tag: .pixelData)
        }
        if frame.bitsAllocated == 1 { return try Frame(frame, pixels: Self.unpacked(stored, frame)) }
        if frame.photometricInterpretation == "YBR_FULL_422" {
            var whole = frame
            (whole.photometricInterpretation, whole.isPlanar) = ("YBR_FULL", false)
            return try Frame(whole, pixels: Self.whole(stored, frame))
        }
        let isCut = stored.count > size
        return try Frame(frame, pixels: isCut ? Array(stored[..<size]) : stored)
    }

    /// One byte for each bit, the lowest bit of a byte first (PS3.5 §8.1.1).
    private static func unpacked(_ stored: [UInt8], _ frame: EncodedFrame) -> [UInt8] {
        let bits = stored.span
        return [UInt8](capacity: frame.rows * frame.columns) { pixels in
            for index in 0..<(frame.rows * frame.columns) {
                pixels.append(bits[index &>> 3] &>> UInt8(index & 7) & 1)
            }
        }
    }

    /// Y Y Cb Cr for two pixels → Y Cb Cr for each (C.7.6.3.1.2); each pair shares its colour.
    private static func whole(_ stored: [UInt8], _ frame: EncodedFrame) -> [UInt8] {
        let samples = stored.span
        return [UInt8](capacity: frame.rows * frame.columns * 3) { pixels in
            for pair in 0..<(frame.rows * frame.columns / 2) {
                let start = 4 &* pair
                for pixel in 0..<2 {
                    pixels.append(samples[start &+ pixel])
                    pixels.append(samples[start &+ 2])
                    pixels.append(samples[start &+ 3])
                }
            }
        }
    }
}

extension Frame {
    /// Decoded pixels with the attributes that were asked for. Throws `decodeFailed` where they do not fit.
    init(_ frame: EncodedFrame, pixels: [UInt8]) throws(DICOMError) {
        let frame = Frame(
            rows: frame.rows, columns: frame.columns, samplesPerPixel: frame.samplesPerPixel,
            bitsAllocated: frame.bitsAllocated, bitsStored: frame.bitsStored, highBit: frame.highBit,
            isSigned: frame.isSigned, photometricInterpretation: frame.photometricInterpretation,
            pixels: frame.isPlanar && frame.samplesPerPixel == 3 ? Self.interleaved(pixels, frame) : pixels)
        guard let frame else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        self = frame
    }

    /// Colour by plane → colour by pixel (PS3.3 C.7.6.3.1.3).
    private static func interleaved(_ pixels: [UInt8], _ frame: EncodedFrame) -> [UInt8] {
        let width = bytesPerSample(bitsAllocated: frame.bitsAllocated)
        let plane = frame.rows * frame.columns
        guard pixels.count == plane * 3 * width else { return pixels }
        let planes = pixels.span
        return [UInt8](capacity: pixels.count) { result in
            for pixel in 0..<plane {
                for sample in 0..<3 {
                    let start = (sample &* plane &+ pixel) &* width
                    for byte in 0..<width { result.append(planes[start &+ byte]) }
                }
            }
        }
    }
}
