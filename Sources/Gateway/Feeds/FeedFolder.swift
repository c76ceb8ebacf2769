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
        /// No plain file, or not readable.
        case unreadable
    }

    /// Makes the folders for what was worked on; false when that, or writing to the folder, is not allowed.
    func prepare() -> Bool {
        guard FileFacts(path)?.isFolder == true, FileFacts.isUsableFolder(path) else { return false }
        return [Self.done, Self.failed].allSatisfy { name in
            try? FileManager.default.createDirectory(
                atPath: "\(path)/\(name)", withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            return FileFacts("\(path)/\(name)")?.isFolder == true && FileFacts.isUsableFolder("\(path)/\(name)")
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
        guard descriptor >= 0 else { return .unreadable }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return .unreadable }
        guard Int(facts.st_size) <= limit else { return .tooLarge }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else { return .unreadable }
        return data.count > limit ? .tooLarge : .bytes(Array(data))
    }

    /// Moves a file to `folder` with its acknowledgment, if it has one, beside it. The acknowledgment is written first:
    /// a file that was moved has it.
    func move(_ name: String, to folder: String, acknowledgment: [UInt8]?) throws {
        let target = freeName(name, in: folder)
        if let acknowledgment {
            let url = URL(fileURLWithPath: "\(path)/\(folder)/\(target).ack")
            try Data(acknowledgment).write(to: url, options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
        }
        guard unsafe rename("\(path)/\(name)", "\(path)/\(folder)/\(target)") == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    /// The name, or one with a number before its ending: what a sender wrote twice stands there twice.
    private func freeName(_ name: String, in folder: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let stem = parts.dropLast().joined(separator: ".")
        let ending = parts.last ?? ""
        var candidate = name
        var number = 1
        while (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(folder)/\(candidate)")) != nil {
            number += 1
            candidate = "\(stem).\(number).\(ending)"
        }
        return candidate
    }
}
