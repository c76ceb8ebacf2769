internal import DICOM

extension GreyPicture {
    /// A frame as it would be seen with its whole range of values; colours become their luminance.
    init(_ frame: Frame) {
        let count = frame.rows * frame.columns
        let samples = frame.samplesPerPixel
        var values = [Int32](repeating: 0, count: count)
        for index in 0..<count {
            values[index] =
                samples == 1
                ? Int32(truncatingIfNeeded: frame.storedValue(at: index))
                : Self.luminance(frame, at: 3 * index)
        }
        self.init(width: frame.columns, height: frame.rows, pixels: Self.stretched(values))
    }

    private static func luminance(_ frame: Frame, at start: Int) -> Int32 {
        // The first sample of the YBR family is the luminance (PS3.3 C.7.6.3.1.2).
        if frame.photometricInterpretation.hasPrefix("YBR_") {
            return Int32(truncatingIfNeeded: frame.storedValue(at: start))
        }
        let red = frame.storedValue(at: start)
        let green = frame.storedValue(at: start + 1)
        let blue = frame.storedValue(at: start + 2)
        return Int32(truncatingIfNeeded: (299 * red + 587 * green + 114 * blue) / 1000)
    }

    /// Linear over the range of values.
    private static func stretched(_ values: [Int32]) -> [UInt8] {
        guard let low = values.min(), let high = values.max(), high > low else {
            return [UInt8](repeating: 0, count: values.count)
        }
        let scale = 255 / Double(high - low)
        return values.map { UInt8(clamping: Int((Double($0 - low) * scale).rounded())) }
    }
}
