internal import DICOM
internal import Glibc
internal import Sealing

/// A file that is read by position, and digested once from its first byte to its last while that happens.
///
/// Only regular files are opened: a pipe or a device under a name in the folder is not waited for. Not thread bound, for
/// one task at a time.
final class OpenedFile: RandomAccessBytes {
    private let descriptor: Int32
    /// What it was when it was opened.
    let identity: FileIdentity
    private var hasher: SHA256Hasher?
    private var digested = 0

    /// Follows a symbolic link. Throws `file.unreadable` and `file.notRegular`.
    init(_ path: InputPath, digests: Bool) throws(LeftOut) {
        // Without O_NONBLOCK a pipe without a writer keeps the reader waiting.
        descriptor = unsafe path.withCharacters { unsafe open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
        guard descriptor >= 0 else { throw LeftOut("file.unreadable") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw LeftOut("file.notRegular")
        }
        identity = FileIdentity(status)
        hasher = digests ? SHA256Hasher() : nil
    }

    deinit { close(descriptor) }

    var count: Int { identity.size }

    func bytes(at offset: Int, count: Int) throws(DICOMError) -> [UInt8] {
        if offset > digested, hasher != nil { try digest(upTo: offset) }
        let bytes = try read(at: offset, count: count)
        let end = offset + count
        if end > digested, offset <= digested {
            hasher?.update(bytes[(digested - offset)...])
            digested = end
        }
        return bytes
    }

    /// The digest of the whole file, of which what was not asked for is read now. Throws `unreadable` if the file is
    /// another one than when it was opened.
    func digest() throws(DICOMError) -> Digest? {
        guard hasher != nil else { return nil }
        try digest(upTo: count)
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, FileIdentity(status) == identity else {
            throw DICOMError(.unreadable)
        }
        return hasher?.finalize()
    }

    private func digest(upTo end: Int) throws(DICOMError) {
        while digested < end {
            let piece = try read(at: digested, count: min(end - digested, 1 << 20))
            hasher?.update(piece)
            digested += piece.count
        }
    }

    private func read(at offset: Int, count: Int) throws(DICOMError) -> [UInt8] {
        guard offset >= 0, count >= 0, count <= self.count - offset else {
            throw DICOMError(.unreadable, offset: offset)
        }
        var done = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, count - done, off_t(offset + done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                done += got
            }
            initialized = done
        }
        guard done == count else { throw DICOMError(.unreadable, offset: offset + done) }
        return bytes
    }
}

/// Which file it is and in which state: another one in its place, or another content, is another identity.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
