import Foundation

/// Files with secrets: read only where nobody but the owner can, made and exchanged so that they are there whole or
/// not at all.
enum SecretFile {
    private static let limit = 65_536

    /// The content of a file that only its owner can read.
    /// - Throws: `fileMissing`, `unsafe` for rights of others, `unreadable`.
    static func read(_ path: String, at place: String, called name: String) throws(ConfigurationError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw ConfigurationError(.unreadable, at: place, "\(name) cannot be read")
            }
            throw ConfigurationError(.fileMissing, at: place, "there is no \(name)")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // Of the opened file, not of the name: nobody exchanges it in between.
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError(.unreadable, at: place, "\(name) is no file")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw ConfigurationError(.unsafe, at: place, "others may read \(name); run chmod 600 on it")
        }
        guard let data = try? file.read(upToCount: limit + 1) ?? Data(), data.count <= limit else {
            throw ConfigurationError(.unreadable, at: place, "\(name) cannot be read")
        }
        return Array(data)
    }

    /// 32 bytes in base64url, as one line.
    static func secretText(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes a file that its owner alone can read; never overwrites one.
    /// - Parameter owner: a file whose owner it is to have, where that file is there: the service may run as another
    ///   account than whoever makes it.
    static func create(
        _ bytes: [UInt8], path: String, called name: String, owner: String? = nil
    ) throws(ConfigurationError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(
                .invalidValue, at: "keys", "\(name) exists or cannot be made; it is never overwritten")
        }
        var facts = stat()
        let isItsOwners =
            owner.map { unsafe stat($0, &facts) != 0 || facts.st_uid == geteuid() } ?? true
            || fchown(descriptor, facts.st_uid, facts.st_gid) == 0
        let isWritten = isItsOwners && writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWritten, syncFolder(of: path) else {
            _ = unsafe unlink(path)
            throw ConfigurationError(.unreadable, at: "keys", "\(name) could not be written completely")
        }
    }

    /// Exchanges a file for another content: written beside, synced, renamed, the folder synced. Owner and rights stay;
    /// whoever reads meanwhile reads the old or the new one.
    static func replace(_ bytes: [UInt8], path: String, called name: String) throws(ConfigurationError) {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let part = "\(target).part"
        var facts = stat()
        guard unsafe stat(target, &facts) == 0 else {
            throw ConfigurationError(.fileMissing, at: "keys", "there is no \(name)")
        }
        _ = unsafe unlink(part)
        let descriptor = unsafe open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(.unreadable, at: "keys", "the folder of \(name) cannot be written")
        }
        // The service may run as another account than whoever rotates: the file stays its own.
        let isItsOwners = facts.st_uid == geteuid() || fchown(descriptor, facts.st_uid, facts.st_gid) == 0
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        guard close(descriptor) == 0, isItsOwners, isWritten, unsafe rename(part, target) == 0,
            syncFolder(of: target)
        else {
            _ = unsafe unlink(part)
            throw ConfigurationError(.unreadable, at: "keys", "\(name) could not be exchanged; it is as it was")
        }
    }

    /// What changes with every exchange of the file; nil where it cannot be seen.
    static func state(_ path: String) -> [Int]? {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return nil }
        return [
            Int(truncatingIfNeeded: facts.st_dev), Int(truncatingIfNeeded: facts.st_ino), Int(facts.st_size),
            facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec,
        ]
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func syncFolder(of path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}

/// Keeps two commands from changing one key file at the same time (flock on a file beside it).
struct KeyFileLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `unreadable` where another command changes the file, or the folder cannot be written.
    init(_ path: String) throws(ConfigurationError) {
        let descriptor = unsafe open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(.unreadable, at: "keys", "the folder of the key file cannot be written")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ConfigurationError(.unreadable, at: "keys", "another command changes the key file; wait for it")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
