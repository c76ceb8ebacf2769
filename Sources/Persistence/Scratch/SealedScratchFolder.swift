import Glibc
public import Sealing
public import Workflow

/// Scratch files in the data folder: random names, mode 0600, sealed chunk by chunk under a key of their own, which
/// stands wrapped at the beginning of the file.
public struct SealedScratchFolder: SealedScratch {
    private let path: String
    private let keys: KeyRing
    /// The largest file that is read.
    private let sizeLimit: Int

    /// The scratch of a data folder.
    /// - Parameter removesLeftovers: removes what an earlier run left behind; only for the process that holds the
    ///   serve lock, since others may be using their files.
    public init(_ folder: DataFolder, keys: KeyRing, sizeLimit: Int = 1 << 30, removesLeftovers: Bool) {
        path = folder.scratchPath
        self.keys = keys
        self.sizeLimit = sizeLimit
        guard removesLeftovers else { return }
        for name in DataFolder.names(in: path) { unlinkFile(name) }
    }

    public func write(
        _ body: (any ScratchWriter) async throws(AdapterError) -> Void
    ) async throws(AdapterError) -> ScratchFileID {
        let id = ScratchFileID(randomUUID())
        do throws(AdapterError) {
            let writer = try ScratchFileWriter(path: "\(path)/\(id.value)", id: id, keys: keys)
            try await body(writer)
            try await writer.finish()
            return id
        } catch {
            unlinkFile(id.value)
            throw error
        }
    }

    public func read(_ file: ScratchFileID) async throws(AdapterError) -> [UInt8] {
        guard Self.isName(file.value) else { throw AdapterError(store: StoreFailure.file) }
        let open = try OpenFile(reading: "\(path)/\(file.value)")
        do {
            let (key, first) = try ScratchHeader.read(try open.read(65_536), keys: keys)
            var reader = SealedStreamReader(key: key, fileID: file.value)
            var plain = try reader.read(first)
            while true {
                let piece = try open.read(262_144)
                if piece.isEmpty { break }
                plain += try reader.read(piece)
                guard plain.count <= sizeLimit else { throw StoreFailure.file }
            }
            return try plain + reader.finish()
        } catch {
            throw AdapterError(store: error)
        }
    }

    public func remove(_ file: ScratchFileID) async {
        if Self.isName(file.value) { unlinkFile(file.value) }
    }

    private func unlinkFile(_ name: String) { _ = unsafe unlink("\(path)/\(name)") }

    /// Only names that `write` gives: nobody leaves the folder.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count == 36 && name.allSatisfy { $0.isHexDigit || $0 == "-" }
    }
}
