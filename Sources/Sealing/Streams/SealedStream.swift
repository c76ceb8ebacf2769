/// The format of a sealed scratch file (design §5): chunks of 64 KiB, each ciphertext ‖ tag. The nonce is the chunk's
/// number, the associated data are file id and last-chunk flag: a chunk that is missing, swapped or taken from another
/// file does not open, and neither does a file that ends early. The key must be new for each file.
public enum SealedStream {
    /// Plain bytes per chunk; only the last one may be shorter.
    public static let chunkLength = 65_536
    /// Bytes by which a sealed chunk is longer.
    public static let overhead = AuthenticatedCipher.tagLength

    static func nonce(_ chunk: UInt64) -> [UInt8] { [0, 0, 0, 0] + bigEndian(chunk) }

    static func associatedData(_ fileID: String, isLast: Bool) -> [UInt8] {
        lengthPrefixed(["sealed-stream/1", fileID]) + [isLast ? 1 : 0]
    }
}
