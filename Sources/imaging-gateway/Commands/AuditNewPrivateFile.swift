import Foundation

/// A new file that only its owner can read; what is there already is never touched.
struct NewPrivateFile {
    private let handle: FileHandle
    private let path: String

    init(_ path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? CommandFailure(
                    "audit.fileExists", "the file is there already; nothing is overwritten", exit: ExitCodes.unusable)
                : Self.unwritable
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.path = path
    }

    func write(_ bytes: [UInt8]) throws {
        do { try handle.write(contentsOf: Data(bytes)) } catch { throw Self.unwritable }
    }

    /// Puts what was written on the disk.
    func close() throws {
        do {
            try handle.synchronize()
            try handle.close()
        } catch { throw Self.unwritable }
    }

    /// For a file that did not become whole.
    func remove() { _ = unsafe unlink(path) }

    /// A whole file at once.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try NewPrivateFile(path)
        do {
            try file.write(bytes)
            try file.close()
        } catch {
            file.remove()
            throw error
        }
    }

    private static let unwritable = CommandFailure(
        "audit.fileUnwritable", "the file cannot be written", exit: ExitCodes.unusable)
}
