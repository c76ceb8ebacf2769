import Glibc
public import Workflow

/// An advisory lock on a file (flock), released when the value ends or the process does.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// The lock that keeps a second `serve` away from a data folder.
    /// - Throws: `busy` `store.served` where another process has it.
    public static func serving(_ folder: DataFolder) throws(AdapterError) -> FileLock {
        if let lock = try FileLock(folder.serveLockPath, waits: false) { return lock }
        // Somebody may only have asked whether it is taken: that is over at once.
        usleep(100_000)
        guard let lock = try FileLock(folder.serveLockPath, waits: false) else {
            throw AdapterError(.busy, code: "store.served")
        }
        return lock
    }

    /// Whether another process serves the data folder. The lock is asked for and given back at once; nothing is made.
    public static func isServed(_ folder: DataFolder) -> Bool {
        let descriptor = unsafe open(folder.serveLockPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Waits for the lock and keeps it while `body` runs.
    static func whileLocked<Value>(
        _ path: String, _ body: () throws(AdapterError) -> Value
    ) throws(AdapterError) -> Value {
        guard let lock = try FileLock(path, waits: true) else { throw AdapterError(store: StoreFailure.file) }
        let value = try body()
        _ = consume lock
        return value
    }

    /// Waits for the lock, or returns nil where it is taken.
    init?(_ path: String, waits: Bool) throws(AdapterError) { try self.init(path, O_RDWR | O_CREAT, waits: waits) }

    /// The lock on the data folder itself, which leaves no file, for moving leaves into segments; nil where it is taken.
    static func archiving(_ folder: DataFolder) throws(AdapterError) -> FileLock? {
        try FileLock(folder.path, O_RDONLY | O_DIRECTORY, waits: false)
    }

    private init?(_ path: String, _ flags: Int32, waits: Bool) throws(AdapterError) {
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AdapterError(store: StoreFailure.file) }
        var result = flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB)
        while result != 0, errno == EINTR { result = flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
