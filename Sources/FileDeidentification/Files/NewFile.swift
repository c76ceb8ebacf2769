internal import Glibc
internal import Sealing

/// A file that appears under its name only when it is whole, and never in the place of another one.
///
/// It is written without a name (`O_TMPFILE`), so that nothing is left of it when the process is killed; where the file
/// system has no such files, under a random name ending in `.part`. Before it gets its name its content is on the disk
/// (`fdatasync`); the folder's entry is the file system's own affair. Mode 0600. Not thread bound, for one task at a time.
final class NewFile {
    private let folder: String
    private let descriptor: Int32
    /// Where it lies meanwhile; nil where it has no name.
    private var temporary: String?
    private var isOnDisk = false

    /// Throws `file.notWritten`.
    init(in folder: String) throws(LeftOut) {
        self.folder = folder
        let nameless = unsafe open(folder, Self.nameless | O_WRONLY | O_CLOEXEC, 0o600)
        guard nameless < 0 else {
            descriptor = nameless
            return
        }
        let name = "\(folder)/.\(randomUUID()).part"
        descriptor = unsafe open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure() }
        temporary = name
    }

    deinit {
        close(descriptor)
        if let temporary { unsafe unlink(temporary) }
    }

    /// Appends bytes. Throws `file.diskFull` or `file.notWritten`.
    func write(_ bytes: [UInt8]) throws(LeftOut) {
        var failed = false
        isOnDisk = false
        unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let wrote = unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
                if wrote < 0, errno == EINTR { continue }
                guard wrote > 0 else {
                    failed = true
                    return
                }
                done += wrote
            }
        }
        if failed { throw Self.failure() }
    }

    /// Waits until all that was written is on the disk. Throws as `write`.
    func synchronize() throws(LeftOut) {
        guard fdatasync(descriptor) == 0 else { throw Self.failure() }
        isOnDisk = true
    }

    /// Gives it its name in the folder. Throws `file.exists` if there is one already, and as `write`.
    func commit(as name: String) throws(LeftOut) {
        if !isOnDisk { try synchronize() }
        let path = "\(folder)/\(name)"
        let done =
            if let temporary {
                // A link, unlike a renaming, never replaces.
                unsafe link(temporary, path) == 0
            } else {
                unsafe linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
            }
        guard done else { throw errno == EEXIST ? LeftOut("file.exists") : Self.failure() }
    }

    private static func failure() -> LeftOut {
        LeftOut(errno == ENOSPC || errno == EDQUOT ? "file.diskFull" : "file.notWritten")
    }

    /// `O_TMPFILE` of Linux, a macro that Swift does not import.
    private static let nameless: Int32 = 0o20000000 | O_DIRECTORY
}
