import Foundation

/// The folder of a file feed: what waits in it, and where a file goes when it was taken or refused.
struct FeedFolder: Sendable {
    /// Files that were taken.
    static let done = "done"
    /// Files that were refused.
    static let failed = "failed"

    let path: String

    enum Reading: Sendable, Equatable {
        case bytes([UInt8])
        /// Longer than the limit.
        case tooLarge
        /// No plain file: a link, a folder, a socket. That does not change.
        case unreadable
        /// Somebody took it away.
        case gone
        /// It cannot be read now: no descriptor is free, the disk or the network fails, or the right is missing.
        case notNow
    }

    /// Makes the folders for what was worked on; false when that, or writing to the folder, is not allowed, and when
    /// one of them is a link or belongs to somebody else.
    func prepare() -> Bool {
        guard FileFacts(path)?.isFolder == true, FileFacts.isUsableFolder(path) else { return false }
        return [Self.done, Self.failed].allSatisfy { name in
            try? FileManager.default.createDirectory(
                atPath: "\(path)/\(name)", withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            guard let descriptor = openOwn(name) else { return false }
            close(descriptor)
            return FileFacts.isUsableFolder("\(path)/\(name)")
        }
    }

    /// Names of messages in the order in which they are taken, at most `limit`; nil when the folder cannot be read.
    func waiting(limit: Int) -> [String]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
        return Array(
            names.filter { !$0.hasPrefix(".") && MessageForm(fileName: $0) != nil }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
    }

    /// Reads a plain file of at most `limit` bytes. A link is not followed: the sender may write here, not point
    /// elsewhere.
    func read(_ name: String, limit: Int) -> Reading {
        let descriptor = unsafe open("\(path)/\(name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return Self.reading(openFailure: errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { return .notNow }
        guard facts.st_mode & S_IFMT == S_IFREG else { return .unreadable }
        guard Int(facts.st_size) <= limit else { return .tooLarge }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else { return .notNow }
        return data.count > limit ? .tooLarge : .bytes(Array(data))
    }

    /// Moves a file to `folder` with its acknowledgment, if it has one, beside it. The acknowledgment is written first:
    /// a file that was moved has it. All goes through one descriptor of the folder, so that nobody can put another in
    /// its place meanwhile.
    func move(_ name: String, to folder: String, acknowledgment: [UInt8]?) throws {
        guard let descriptor = openOwn(folder) else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        let target = Self.freeName(name, in: descriptor)
        if let acknowledgment { try Self.put(acknowledgment, as: "\(target).ack", in: descriptor) }
        guard unsafe renameat(AT_FDCWD, "\(path)/\(name)", descriptor, target) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    /// What a failed `open` says of a file. Only what can never be read is refused; all other trouble may pass.
    private static func reading(openFailure code: Int32) -> Reading {
        switch code {
        case ENOENT: .gone
        // A link; a socket or a device.
        case ELOOP, ENXIO, ENODEV: .unreadable
        default: .notNow
        }
    }

    /// A descriptor of `done` or `failed`, to be closed by the caller; nil unless it is a real folder that belongs to
    /// us. The sender may write to the folder above: a link there would lead patient data elsewhere.
    private func openOwn(_ name: String) -> Int32? {
        let descriptor = unsafe open("\(path)/\(name)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_uid == geteuid() else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Writes a file with mode 0600 under another name and renames it: one that was left over is replaced, not
    /// followed.
    private static func put(_ bytes: [UInt8], as name: String, in folder: Int32) throws {
        let temporary = ".ack.new"
        _ = unsafe unlinkat(folder, temporary, 0)
        let descriptor = unsafe openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(bytes))
        guard fsync(descriptor) == 0, unsafe renameat(folder, temporary, folder, name) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    /// The name, or one with a number before its ending: what a sender wrote twice stands there twice.
    private static func freeName(_ name: String, in folder: Int32) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let stem = parts.dropLast().joined(separator: ".")
        let ending = parts.last ?? ""
        var candidate = name
        var number = 1
        var facts = stat()
        while unsafe fstatat(folder, candidate, &facts, AT_SYMLINK_NOFOLLOW) == 0 {
            number += 1
            candidate = "\(stem).\(number).\(ending)"
        }
        return candidate
    }
}
