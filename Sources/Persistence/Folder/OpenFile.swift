import Glibc
import Sealing
import Workflow

/// A file descriptor that closes itself.
struct OpenFile: ~Copyable, Sendable {
    private let descriptor: Int32

    /// A new file with mode 0600; an existing one of that name is an error.
    init(creating path: String) throws(AdapterError) { try self.init(path, O_WRONLY | O_CREAT | O_EXCL) }

    /// A pipe that somebody put in its place is read as an empty file instead of waiting for a writer.
    init(reading path: String) throws(AdapterError) { try self.init(path, O_RDONLY | O_NONBLOCK) }

    private init(_ path: String, _ flags: Int32) throws(AdapterError) {
        descriptor = unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure() }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(AdapterError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure() }
            rest = rest.dropFirst(written)
        }
    }

    /// At most `count` bytes; empty at the end.
    func read(_ count: Int) throws(AdapterError) -> [UInt8] {
        while true {
            var length = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                length = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
                initialized = max(0, length)
            }
            if length >= 0 { return bytes }
            guard errno == EINTR else { throw Self.failure() }
        }
    }

    /// Goes on reading at an offset.
    func skip(to offset: Int) throws(AdapterError) {
        guard lseek(descriptor, offset, SEEK_SET) == offset else { throw Self.failure() }
    }

    /// Whether there is a file that can be read.
    static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    /// Gives a file another name in its folder.
    /// - Parameter replacing: whether a file of that name is replaced; else it stays, and that is an error.
    fileprivate static func move(_ source: String, to target: String, replacing: Bool) throws(StoreFailure) {
        if !replacing {
            if unsafe link(source, target) == 0 {
                _ = unsafe unlink(source)
                return
            }
            // A file system without links: the name is one that nobody else makes.
            guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno), unsafe access(target, F_OK) != 0 else { throw .file }
        }
        guard unsafe rename(source, target) == 0 else { throw .file }
    }

    /// SHA-256 of a file.
    static func digest(of path: String) throws(AdapterError) -> Digest {
        let file = try OpenFile(reading: path)
        var hasher = SHA256Hasher()
        while true {
            let piece = try file.read(1 << 18)
            if piece.isEmpty { return hasher.finalize() }
            hasher.update(piece)
        }
    }

    /// The whole content, up to a limit.
    func readAll(limit: Int) throws(AdapterError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try read(65_536)
            if piece.isEmpty { return all }
            all += piece
            guard all.count <= limit else { throw AdapterError(store: StoreFailure.file) }
        }
    }

    func sync() throws(AdapterError) {
        guard fsync(descriptor) == 0 else { throw Self.failure() }
    }

    /// A full disk is trouble that passes; everything else is a fault.
    private static func failure() -> AdapterError {
        errno == ENOSPC || errno == EDQUOT
            ? AdapterError(.busy, code: "store.diskFull") : AdapterError(store: StoreFailure.file)
    }
}

/// Puts a file in place so that it is there whole or not at all, also after a power cut: write, sync, rename, sync the
/// folder.
func writeDurably(_ bytes: [UInt8], folder: String, name: String) throws(AdapterError) {
    try writeDurably(folder: folder, name: name) { file throws(AdapterError) in try file.write(bytes) }
}

/// The same with bytes that come one after the other.
/// - Parameter replacing: whether a file of that name is replaced; else it stays, and that is an error.
func writeDurably<Failure: Error>(
    folder: String, name: String, replacing: Bool = true, _ body: (borrowing OpenFile) throws(Failure) -> Void
) throws(AdapterError) {
    // Another process may write the same file now.
    let temporary = "\(folder)/.\(name).\(randomUUID()).new"
    do {
        let file = try OpenFile(creating: temporary)
        try body(file)
        try file.sync()
        try OpenFile.move(temporary, to: "\(folder)/\(name)", replacing: replacing)
        try OpenFile(reading: folder).sync()
    } catch {
        _ = unsafe unlink(temporary)
        throw AdapterError(store: error)
    }
}
