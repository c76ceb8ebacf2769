import Foundation

/// The folder that a demonstration leaves behind, and the next one replaces.
struct DemoFolder {
    let path: String
    private static let mark = ".imaging-gateway-demo"

    /// Makes the folder, or empties one that an earlier demonstration made. Any other folder is left alone.
    init(_ path: String) throws(DemoFailure) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
        guard contents.isEmpty || contents.contains(Self.mark) else { throw .folderInUse(path) }
        do {
            try empty(contents)
        } catch {
            throw .folderNotWritable(path)
        }
    }

    private func empty(_ contents: [String]) throws {
        let files = FileManager.default
        for name in contents where name != Self.mark { try files.removeItem(atPath: "\(path)/\(name)") }
        try files.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data().write(to: URL(fileURLWithPath: "\(path)/\(Self.mark)"))
        try files.createDirectory(atPath: reports, withIntermediateDirectories: true)
    }

    /// What `init` makes.
    var installation: String { "\(path)/gateway" }
    var configuration: String { "\(installation)/gateway.yaml" }
    var log: String { "\(path)/gateway.log" }
    /// Heat maps and texts of the reports.
    var reports: String { "\(path)/reports" }

    /// A path as a person would type it from here.
    static func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
