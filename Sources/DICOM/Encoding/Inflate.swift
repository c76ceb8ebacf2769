internal import CDCMTK

/// Deflated Explicit VR Little Endian (PS3.5 §A.5).
enum Inflate {
    /// The inflated bytes, at most `limit` of them. Throws `inflateFailed` or `tooManyBytes`.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(DICOMError) -> [UInt8] {
        var buffer = unsafe cdcmtk_buffer(bytes: nil, count: 0)
        let status = unsafe bytes.withUnsafeBufferPointer { deflated in
            unsafe cdcmtk_inflate(deflated.baseAddress, deflated.count, max(limit, 0), &buffer)
        }
        defer { unsafe cdcmtk_buffer_free(buffer) }
        guard status != CDCMTK_TOO_LARGE else { throw DICOMError(.tooManyBytes) }
        guard status == CDCMTK_OK else { throw DICOMError(.inflateFailed) }
        return unsafe NativeBuffer.bytes(buffer)
    }
}
