import Foundation
import Gateway
import Persistence
import Workflow

/// A data folder without write rights, brought to a private place where the database can be worked with. What is brought
/// is as sealed as it was; it goes with `remove`.
struct ReadOnlyCopy {
    let folder: DataFolder

    /// Copies database and inner checkpoints.
    init(of original: DataFolder) throws {
        let path = FileManager.default.temporaryDirectory.path + "/imaging-gateway-" + UUID().uuidString
        do {
            folder = try DataFolder(creating: path)
            for suffix in ["", "-wal"] where Self.exists(original.databasePath + suffix) {
                try Self.copy(original.databasePath + suffix, to: folder.databasePath + suffix)
            }
            for name in (try? FileManager.default.contentsOfDirectory(atPath: original.checkpointsPath)) ?? [] {
                try Self.copy("\(original.checkpointsPath)/\(name)", to: "\(folder.checkpointsPath)/\(name)")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw CommandFailure(
                "audit.copyUnreadable", "the copy cannot be read, or there is no room to work with it",
                exit: ExitCodes.unusable)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder.path) }

    /// Whether the database has no write right at all, for root too, or lies on a file system that takes no writes. That
    /// this account alone may not write makes no copy of it: somebody's gateway may be at work there.
    static func isReadOnly(_ folder: DataFolder) -> Bool {
        var status = stat()
        guard unsafe stat(folder.databasePath, &status) == 0 else { return false }
        if status.st_mode & 0o222 == 0 { return !FileLock.isServed(folder) }
        return unsafe Glibc.access(folder.databasePath, W_OK) != 0 && errno == EROFS
    }

    /// Whether there is a database that this account may not write.
    static func isOutOfReach(_ folder: DataFolder) -> Bool {
        unsafe exists(folder.databasePath) && Glibc.access(folder.databasePath, W_OK) != 0
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func copy(_ path: String, to place: String) throws {
        try FileManager.default.copyItem(atPath: path, toPath: place)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place)
    }
}
