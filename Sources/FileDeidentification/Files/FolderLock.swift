internal import Glibc

/// Holds a folder as long as it lives: another program, and another task of this one, waits that long. Where a file system
/// knows no such locks (`flock`) it holds nothing.
final class FolderLock {
    private let descriptor: Int32

    init(_ folder: String) {
        descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
