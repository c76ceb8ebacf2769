import CPNG
import ImageClassifier

/// Writes 8-bit images as PNG (ISO 15948).
enum PNG {
    /// The file, or nil when it would be larger than `maximumBytes`.
    ///
    /// - Throws: `imageInvalid` when the pixels do not fit the sides.
    static func encode(_ image: RGBImage, maximumBytes: Int) throws(ReportingError) -> [UInt8]? {
        try encode(image.pixels, width: image.width, height: image.height, channels: 3, maximumBytes: maximumBytes)
    }

    /// The file, or nil when it would be larger than `maximumBytes`.
    ///
    /// - Throws: `imageInvalid` when the pixels do not fit the sides.
    static func encode(_ image: GrayImage, maximumBytes: Int) throws(ReportingError) -> [UInt8]? {
        try encode(image.pixels, width: image.columns, height: image.rows, channels: 1, maximumBytes: maximumBytes)
    }

    static func encode(
        _ pixels: [UInt8], width: Int, height: Int, channels: Int, maximumBytes: Int
    ) throws(ReportingError) -> [UInt8]? {
        guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
            throw ReportingError(.imageInvalid)
        }
        var output: UnsafeMutablePointer<UInt8>? = nil
        var count = 0
        let status = unsafe pixels.withUnsafeBufferPointer { pixels in
            unsafe cpng_encode(
                pixels.baseAddress, pixels.count, columns, rows, UInt32(channels), max(maximumBytes, 0), &output, &count
            )
        }
        defer { unsafe cpng_free(output) }
        switch UInt32(bitPattern: status) {
        case CPNG_OK.rawValue: return unsafe Array(UnsafeBufferPointer(start: output, count: count))
        case CPNG_TOO_LARGE.rawValue: return nil
        default: throw ReportingError(.imageInvalid)
        }
    }
}
