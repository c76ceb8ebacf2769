internal import Glibc

/// The open file of a crosswalk, locked against other programs. Used under the lock of `Crosswalk` only.
struct CrosswalkFile: ~Copyable, Sendable {
    private let descriptor: Int32
    private let isWritable: Bool
    private(set) var end = 0
    private var isBroken = false

    /// Opens a file. Throws `crosswalkUnreadable` without one, `crosswalkBusy`.
    init(path: String, isWritable: Bool) throws(SealingError) {
        let flags = (isWritable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW
        descriptor = unsafe open(path, flags)
        self.isWritable = isWritable
        guard descriptor >= 0 else { throw SealingError(.crosswalkUnreadable) }
        guard flock(descriptor, (isWritable ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            throw SealingError(.crosswalkBusy)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Makes a file that is whole from the moment it has its name. One that is there already stays. Throws
    /// `crosswalkUnwritable`.
    static func make(path: String, _ bytes: [UInt8]) throws(SealingError) {
        let temporary = "\(path).\(Hex.encode(randomBytes(6))).new"
        let made = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
        guard made >= 0 else { throw SealingError(.crosswalkUnwritable) }
        let isWritten = write(bytes, to: made, at: 0) && fsync(made) == 0
        close(made)
        let isNamed = isWritten && (unsafe link(temporary, path) == 0 || errno == EEXIST)
        unsafe unlink(temporary)
        guard isNamed, syncFolder(of: path) else { throw SealingError(.crosswalkUnwritable) }
    }

    static func exists(path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// All bytes. Throws `crosswalkUnreadable`.
    mutating func contents() throws(SealingError) -> [UInt8] {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0, size <= 8 << 30 else { throw SealingError(.crosswalkUnreadable) }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        var done = 0
        while done < bytes.count {
            // Safe: reads into the array's own storage behind what was read.
            let count = unsafe bytes.withUnsafeMutableBytes { raw in
                unsafe pread(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SealingError(.crosswalkUnreadable) }
            done += count
        }
        end = bytes.count
        return bytes
    }

    /// Cuts off what is behind the last whole block. Throws `crosswalkUnwritable`.
    mutating func cut(to length: Int) throws(SealingError) {
        guard length < end else { return }
        if isWritable {
            guard ftruncate(descriptor, length) == 0, fsync(descriptor) == 0 else {
                throw SealingError(.crosswalkUnwritable)
            }
        }
        end = length
    }

    /// Adds a block; it is on the disk when this returns. Throws `crosswalkUnwritable`, and the file is as before.
    mutating func append(_ bytes: [UInt8]) throws(SealingError) {
        guard isWritable, !isBroken else { throw SealingError(.crosswalkUnwritable) }
        guard Self.write(bytes, to: descriptor, at: end), fsync(descriptor) == 0 else {
            // After a failed sync nobody knows what is on the disk: the next start reads it.
            isBroken = true
            _ = ftruncate(descriptor, end)
            throw SealingError(.crosswalkUnwritable)
        }
        end += bytes.count
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe pwrite(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private static func syncFolder(of path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let opened = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { return false }
        defer { close(opened) }
        return fsync(opened) == 0
    }
}
