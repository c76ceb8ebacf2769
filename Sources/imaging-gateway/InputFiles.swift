import Foundation

/// Files named on the command line, and all files below the folders named there, in the order of their names.
struct InputFiles {
    let all: [String]
    /// Folders that could not be looked into: what lies in them is missing from `all`.
    let unreadable: [String]

    /// - Parameter output: A folder that is written to; what lies in it is left out.
    init(_ paths: [String], without output: String? = nil) {
        let hidden = output.map { Self.resolved($0) + "/" }
        var files: [String] = []
        var closed: [String] = []
        for path in paths {
            guard Self.isFolder(path) else {
                files.append(path)
                continue
            }
            let root = path.hasSuffix("/") ? String(path.dropLast()) : path
            Self.look(into: root, &files, &closed, hidden: hidden)
        }
        all = files
        unreadable = closed
    }

    /// Whether a folder is one of those that are read.
    static func isSame(_ folder: String, asOneOf paths: [String]) -> Bool {
        paths.contains { resolved($0) == resolved(folder) }
    }

    private static func look(
        into folder: String, _ files: inout [String], _ closed: inout [String], hidden: String?
    ) {
        if let hidden, (resolved(folder) + "/").hasPrefix(hidden) { return }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return closed.append(folder)
        }
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            // A link to a folder is not followed below the folders that were named: it may lead in a circle.
            if isFolder(path) {
                if !isLink(path) { look(into: path, &files, &closed, hidden: hidden) }
            } else {
                files.append(path)
            }
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    private static func isLink(_ path: String) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
