internal import Glibc

/// Where a folder lies, or will lie once it is made: links, `.` and `..` are resolved as far as something is there.
public struct FolderPlace: Sendable {
    /// The folder itself and those above it, from the root on, as names.
    private let names: [String]
    /// Which folders they are, as far as they are there: the same one may have two paths (bind mounts).
    private let folders: [Folder]

    private struct Folder: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// A path as it stands on the command line.
    public init(_ path: String) {
        var missing: [String] = []
        var there = path.hasPrefix("/") ? path : "./\(path)"
        var real = Self.real(there)
        while real == nil, let slash = there.lastIndex(of: "/") {
            missing.append(String(there[there.index(after: slash)...]))
            there = String(there[..<slash])
            real = Self.real(there.isEmpty ? "/" : there)
        }
        var names = (real ?? "/").split(separator: "/").map(String.init)
        var folders = (0...names.count).compactMap { Self.folder("/" + names.prefix($0).joined(separator: "/")) }
        // What is not there yet is made as a folder, never as a link.
        for name in missing.reversed() where !name.isEmpty && name != "." {
            if name != ".." {
                names.append(name)
            } else if !names.isEmpty {
                names.removeLast()
                folders = Array(folders.prefix(names.count + 1))
            }
        }
        self.names = names
        self.folders = folders
    }

    /// Whether one is the other, or lies in it.
    public func overlaps(_ other: FolderPlace) -> Bool { isWithin(other) || other.isWithin(self) }

    /// Whether it is the other, or lies in it.
    public func isWithin(_ other: FolderPlace) -> Bool {
        if names.starts(with: other.names) { return true }
        guard other.folders.count == other.names.count + 1, let last = other.folders.last else { return false }
        return folders.contains(last)
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    private static func folder(_ path: String) -> Folder? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return Folder(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
