import Glibc
import Workflow

/// A file descriptor that closes itself.
struct OpenFile: ~Copyable, Sendable {
    private let descriptor: Int32

    /// A new file with mode 0600; an existing one of that name is an error.
    init(creating path: String) throws(AdapterError) { try self.init(path, O_WRONLY | O_CREAT | O_EXCL) }

    init(reading path: String) throws(AdapterError) { try self.init(path, O_RDONLY) }

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
    let temporary = "\(folder)/.\(name).new"
    _ = unsafe unlink(temporary)
    let file = try OpenFile(creating: temporary)
    try file.write(bytes)
    try file.sync()
    guard unsafe rename(temporary, "\(folder)/\(name)") == 0 else { throw AdapterError(store: StoreFailure.file) }
    try OpenFile(reading: folder).sync()
}
