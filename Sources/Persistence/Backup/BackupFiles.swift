import Glibc
import Sealing
import Workflow

/// The files of a backup: `store.sqlite`, `checkpoints/`, `segments/`, their digests and the manifest.
enum BackupFiles {
    static let segments = "segments"
    private static let piece = 1 << 20

    static func digest(of path: String) throws(AdapterError) -> Digest {
        let file = try OpenFile(reading: path)
        var hasher = SHA256Hasher()
        while true {
            let bytes = try file.read(piece)
            if bytes.isEmpty { return hasher.finalize() }
            hasher.update(bytes)
        }
    }

    /// Copies a file that is not there yet, synced, mode 0600.
    static func copy(_ path: String, to target: String) throws(AdapterError) {
        let source = try OpenFile(reading: path)
        let copy = try OpenFile(creating: target)
        while true {
            let bytes = try source.read(piece)
            if bytes.isEmpty { break }
            try copy.write(bytes)
        }
        try copy.sync()
    }

    /// Copies the files of a folder whose names pass.
    static func copy(
        from folder: String, to target: String, where isWanted: (String) -> Bool
    ) throws(AdapterError) {
        for name in DataFolder.names(in: folder) where isWanted(name) {
            try copy("\(folder)/\(name)", to: "\(target)/\(name)")
        }
    }

    static func sync(folder: String) throws(AdapterError) { try OpenFile(reading: folder).sync() }

    static func move(_ path: String, to target: String) throws(AdapterError) {
        guard unsafe rename(path, target) == 0 else { throw AdapterError(store: StoreFailure.file) }
    }

    static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return unsafe lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a folder with all that is in it; only for folders that this module made.
    static func remove(_ path: String) {
        guard isFolder(path) else {
            _ = unsafe unlink(path)
            return
        }
        for name in DataFolder.names(in: path) { remove("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    /// Paths of all files below a folder, relative, sorted.
    static func list(_ folder: String, below prefix: String = "") -> [String] {
        DataFolder.names(in: folder).flatMap { name in
            isFolder("\(folder)/\(name)")
                ? list("\(folder)/\(name)", below: "\(prefix)\(name)/") : [prefix + name]
        }
    }

    /// `SHA256SUMS` over these files.
    static func sums(_ files: [String], in folder: String) throws(AdapterError) -> String {
        var lines = ""
        for file in files { lines += "\(try digest(of: "\(folder)/\(file)").hex)  \(file)\n" }
        return lines
    }

    /// The lines of `SHA256SUMS`; nil where they are none, or name what lies elsewhere.
    static func parse(sums text: String) -> [(file: String, digest: Digest)]? {
        var files: [(String, Digest)] = []
        for line in text.split(separator: "\n") {
            let file = String(line.dropFirst(66))
            guard line.utf8.count > 66, line.dropFirst(64).hasPrefix("  "),
                let digest = Digest(hex: String(line.prefix(64))),
                !file.hasPrefix("/"), !file.split(separator: "/").contains("..")
            else { return nil }
            files.append((file, digest))
        }
        return files
    }
}
