internal import CDCMTK

/// Deflated Explicit VR Little Endian (PS3.5 §A.5).
enum Inflate {
    /// Inflated bytes that are not yet compared with the deflated ones.
    static let free = 1 << 20

    /// The inflated bytes, at most as many as `limits` allows for the whole and for so many deflated ones; inflating
    /// ends there. Throws `inflateFailed`, `tooManyBytes` or `decompressionRatioTooHigh`.
    static func inflate(_ bytes: [UInt8], limits: DICOMLimits) throws(DICOMError) -> [UInt8] {
        let product = bytes.count.multipliedReportingOverflow(by: max(limits.inflationRatio, 1))
        let byRatio = product.overflow ? .max : max(product.partialValue, free)
        var buffer = unsafe cdcmtk_buffer(bytes: nil, count: 0)
        let status = unsafe bytes.withUnsafeBufferPointer { deflated in
            unsafe cdcmtk_inflate(
                deflated.baseAddress, deflated.count, max(min(limits.bytes, byRatio), 0), &buffer)
        }
        defer { unsafe cdcmtk_buffer_free(buffer) }
        guard status != CDCMTK_TOO_LARGE else {
            throw DICOMError(limits.bytes <= byRatio ? .tooManyBytes : .decompressionRatioTooHigh)
        }
        guard status == CDCMTK_OK else { throw DICOMError(.inflateFailed) }
        return unsafe NativeBuffer.bytes(buffer)
    }
}
