import Foundation

/// Reads the files of an evaluation: plain ones, and none larger than is allowed.
enum EvaluationFile {
    /// Why a file is not read; the raw value is the stable code.
    enum Problem: String, Error {
        /// It is not there, no plain file, or its rights do not allow it.
        case unreadable = "file.unreadable"
        /// It has more bytes than are allowed.
        case tooLarge = "file.tooLarge"
    }

    /// The bytes of a file of at most `limit` bytes. A link is followed. A pipe or device is not waited for.
    static func bytes(_ path: String, atMost limit: Int) throws(Problem) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .unreadable }
        guard Int(facts.st_size) <= limit else { throw .tooLarge }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else { throw .unreadable }
        // It may have grown since.
        guard data.count <= limit else { throw .tooLarge }
        return [UInt8](data)
    }
}
