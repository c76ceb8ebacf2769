internal import DICOM

/// The stored bytes of one pixel that shows black (PS3.3 C.7.6.3.1.2).
enum DarkestPixel {
    static func bytes(of frame: Frame) -> [UInt8] {
        let largest = (1 << frame.bitsStored) - 1
        let black: Int
        switch frame.photometricInterpretation {
        // The lowest value is shown white.
        case "MONOCHROME1": black = frame.isSigned ? largest >> 1 : largest
        default: black = frame.isSigned ? -(1 << (frame.bitsStored - 1)) : 0
        }
        let isLuminance = frame.photometricInterpretation.hasPrefix("YBR_")
        return (0..<frame.samplesPerPixel).flatMap { sample in
            // Without colour is the middle of the range.
            encoded(isLuminance && sample > 0 ? 1 << (frame.bitsStored - 1) : black, frame)
        }
    }

    private static func encoded(_ value: Int, _ frame: Frame) -> [UInt8] {
        // Single bits are unpacked: 0 or 1.
        let cell = frame.bitsAllocated == 1 ? value & 1 : value << (frame.highBit + 1 - frame.bitsStored)
        return (0..<frame.bytesPerSample).map { UInt8(truncatingIfNeeded: cell >> (8 * $0)) }
    }
}
