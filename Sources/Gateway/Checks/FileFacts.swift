import Foundation

/// What the file system says of a path.
struct FileFacts {
    let mode: Int
    let owner: UInt32
    let device: UInt64
    let isFolder: Bool

    /// Nil where there is nothing, or nothing that we may look at.
    init?(_ path: String) {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return nil }
        mode = Int(information.st_mode & 0o7777)
        owner = information.st_uid
        device = UInt64(information.st_dev)
        isFolder = information.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anybody but the owner has a right.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// Whether we may read, write and enter it; false on a file system that is mounted read-only, for root too.
    static func isUsableFolder(_ path: String) -> Bool { unsafe access(path, R_OK | W_OK | X_OK) == 0 }

    /// The path itself where it exists, else the nearest folder above it that does.
    static func nearest(_ path: String) -> String {
        var path = path
        while path.count > 1, FileFacts(path) == nil {
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard parent != path else { break }
            path = parent
        }
        return path
    }
}
