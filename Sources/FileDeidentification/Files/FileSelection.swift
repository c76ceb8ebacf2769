internal import Glibc

/// The files to be read: those that were named, and all below the folders that were named, in the order of their names.
public struct FileSelection: Sendable {
    /// The files, each once. What is neither a file nor a folder is among them and fails when it is read.
    public private(set) var all: [InputPath] = []
    /// Folders that could not be looked into: what lies in them is missing from `all`.
    public private(set) var unreadable: [InputPath] = []
    /// A named folder lies in one of those that were to be left out, or is one of them.
    public private(set) var namesWritten: [String] = []

    private struct Place: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Folders that are written to are left out, so that a result is never read. A link to a folder is followed where
    /// it was named, and not below, where it may lead in a circle.
    public init(_ paths: [String], without written: [String] = []) {
        let hidden = Set(written.compactMap { Self.place(InputPath($0), follows: true)?.place })
        let places = written.map { ($0, FolderPlace($0)) }
        var seen: Set<Place> = []
        for path in paths {
            let path = InputPath(path)
            guard let found = Self.place(path, follows: true), found.isFolder else {
                all.append(path)
                continue
            }
            let named = FolderPlace(path.description)
            namesWritten += places.filter { named.isWithin($0.1) }.map(\.0)
            look(below: path, found.place, hidden, &seen)
        }
    }

    private mutating func look(below root: InputPath, _ place: Place, _ hidden: Set<Place>, _ seen: inout Set<Place>) {
        var open: [(InputPath, Place)] = [(root, place)]
        while let (folder, place) = open.popLast() {
            guard !hidden.contains(place), seen.insert(place).inserted else { continue }
            guard let names = Self.names(in: folder) else {
                unreadable.append(folder)
                continue
            }
            var below: [(InputPath, Place)] = []
            for path in names.map({ folder.appending($0) }) {
                if let found = Self.place(path, follows: false), found.isFolder {
                    below.append((path, found.place))
                } else if !Self.isLinkToFolder(path) {
                    all.append(path)
                }
            }
            open.append(contentsOf: below.reversed())
        }
    }

    private static func isLinkToFolder(_ path: InputPath) -> Bool { place(path, follows: true)?.isFolder == true }

    private static func place(_ path: InputPath, follows: Bool) -> (place: Place, isFolder: Bool)? {
        var status = stat()
        let answer = unsafe path.withCharacters { name in
            follows ? unsafe stat(name, &status) : unsafe lstat(name, &status)
        }
        guard answer == 0 else { return nil }
        return (
            Place(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)), status.st_mode & S_IFMT == S_IFDIR
        )
    }

    /// Nil where the folder cannot be read to its end.
    private static func names(in folder: InputPath) -> [[UInt8]]? {
        guard let stream = unsafe folder.withCharacters({ unsafe opendir($0) }) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        return errno == 0 ? names.sorted { $0.lexicographicallyPrecedes($1) } : nil
    }
}
