/// Turns plain bytes into the bytes of a sealed stream. It cannot be copied, since two copies would use one nonce twice.
public struct SealedStreamWriter: ~Copyable, Sendable {
    private let cipher: AuthenticatedCipher
    private let fileID: String
    private var chunk: UInt64 = 0
    private var pending: [UInt8] = []

    /// A writer for a new file; the key must not have sealed any other.
    public init(key: DataKey, fileID: String) {
        cipher = AuthenticatedCipher(key.secret.derived(for: "stream"))
        self.fileID = fileID
    }

    /// Takes plain bytes and returns those sealed bytes that are complete, possibly none.
    public mutating func write(_ plain: some Collection<UInt8>) throws(SealingError) -> [UInt8] {
        pending += plain
        var sealed: [UInt8] = []
        var start = 0
        // A full chunk waits for the next byte: only then is it certain that it is not the last one.
        while pending.count - start > SealedStream.chunkLength {
            let end = start + SealedStream.chunkLength
            sealed += try seal(pending[start..<end], isLast: false)
            start = end
        }
        pending.removeFirst(start)
        return sealed
    }

    /// Returns the last sealed bytes; without them the stream does not open.
    public consuming func finish() throws(SealingError) -> [UInt8] { try seal(pending[...], isLast: true) }

    private mutating func seal(_ plain: ArraySlice<UInt8>, isLast: Bool) throws(SealingError) -> [UInt8] {
        defer { chunk += 1 }
        return try cipher.seal(
            plain, nonce: SealedStream.nonce(chunk),
            associatedData: SealedStream.associatedData(fileID, isLast: isLast))
    }
}
