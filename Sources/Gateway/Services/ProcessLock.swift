import Foundation

/// The advisory lock that keeps a second `serve` off the same data folder; it ends with the process.
public final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// Throws `unsafe` when another process holds the lock.
    public init(folder: String) throws(ConfigurationError) {
        descriptor = open("\(folder)/serve.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(.unreadable, at: "data", "the data folder cannot be written")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ConfigurationError(.unsafe, at: "data", "another `serve` runs on this data folder")
        }
    }

    deinit {
        close(descriptor)
    }
}
