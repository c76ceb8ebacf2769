import Foundation

/// Files named on the command line, and all files below the folders named there, in the order of their names.
struct InputFiles {
    let all: [String]

    /// - Parameter output: A folder that is written to; what lies in it is left out.
    init(_ paths: [String], without output: String? = nil) {
        let hidden = output.map { URL(fileURLWithPath: $0).standardizedFileURL.path + "/" }
        all = paths.flatMap { path -> [String] in
            guard Self.isFolder(path) else { return [path] }
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
            let root = path.hasSuffix("/") ? String(path.dropLast()) : path
            return names.sorted().map { "\(root)/\($0)" }.filter { !Self.isFolder($0) }
        }.filter { path in
            guard let hidden else { return true }
            return !URL(fileURLWithPath: path).standardizedFileURL.path.hasPrefix(hidden)
        }
    }

    static func isFolder(_ path: String) -> Bool {
        (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    }
}
