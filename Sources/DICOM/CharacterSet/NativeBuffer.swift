internal import CDCMTK

/// Bytes that a native function handed over.
enum NativeBuffer {
    /// A copy; the caller still frees the buffer.
    @unsafe static func bytes(_ buffer: cdcmtk_buffer) -> [UInt8] {
        guard let start = unsafe buffer.bytes else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: buffer.count))
    }
}
