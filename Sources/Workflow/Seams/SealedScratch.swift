/// A scratch file's random name inside the data folder.
public struct ScratchFileID: Sendable, Hashable {
    public let value: String
    public init(_ value: String) { self.value = value }
}

/// Disk space for bytes on their way through: sealed chunk by chunk, so that nothing readable ever touches the disk.
public protocol SealedScratch: Sendable {
    /// Creates a file, passes its writer to `body` and closes it. The file is removed when `body` throws.
    func write(
        _ body: (any ScratchWriter) async throws(AdapterError) -> Void
    ) async throws(AdapterError) -> ScratchFileID

    /// The whole plain content; throws `fault` when the file was truncated, reordered or changed.
    func read(_ file: ScratchFileID) async throws(AdapterError) -> [UInt8]

    /// Removes the file; a missing file is not an error.
    func remove(_ file: ScratchFileID) async
}

/// The writing end of one scratch file.
public protocol ScratchWriter: Sendable {
    func append(_ bytes: ArraySlice<UInt8>) async throws(AdapterError)
}
