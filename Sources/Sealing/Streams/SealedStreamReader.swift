/// Turns the bytes of a sealed stream back into plain bytes, in pieces of any size. What `read` returns is authentic
/// and in order; only after `finish` is it also complete.
public struct SealedStreamReader: Sendable {
    private let cipher: AuthenticatedCipher
    private let fileID: String
    private var chunk: UInt64 = 0
    private var pending: [UInt8] = []
    private var isFinished = false
    private static let sealedLength = SealedStream.chunkLength + SealedStream.overhead

    /// A reader at the start of a file.
    public init(key: DataKey, fileID: String) {
        cipher = AuthenticatedCipher(key.secret.derived(for: "stream"))
        self.fileID = fileID
    }

    /// Takes sealed bytes and returns the plain bytes of the chunks that they complete.
    /// - Throws: `notAuthentic` for a chunk that is altered or out of place, `finished` after the end.
    public mutating func read(_ sealed: some Collection<UInt8>) throws(SealingError) -> [UInt8] {
        guard !isFinished else { throw SealingError(.finished, at: "stream") }
        pending += sealed
        var plain: [UInt8] = []
        var start = 0
        while pending.count - start > Self.sealedLength {
            let end = start + Self.sealedLength
            plain += try open(pending[start..<end], isLast: false)
            start = end
        }
        pending.removeFirst(start)
        return plain
    }

    /// Returns the plain bytes of the last chunk.
    /// - Throws: `truncated` where the stream does not end with its last chunk.
    public mutating func finish() throws(SealingError) -> [UInt8] {
        guard !isFinished else { throw SealingError(.finished, at: "stream") }
        isFinished = true
        do {
            return try open(pending[...], isLast: true)
        } catch {
            throw SealingError(.truncated, at: "chunk \(chunk)")
        }
    }

    private mutating func open(_ sealed: ArraySlice<UInt8>, isLast: Bool) throws(SealingError) -> [UInt8] {
        do {
            let plain = try cipher.open(
                sealed, nonce: SealedStream.nonce(chunk),
                associatedData: SealedStream.associatedData(fileID, isLast: isLast))
            chunk += 1
            return plain
        } catch {
            throw SealingError(error.code, at: "chunk \(chunk)")
        }
    }
}
