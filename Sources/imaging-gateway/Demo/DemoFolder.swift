import Foundation

/// The folder that a demonstration leaves behind, and the next one replaces. It is locked as long as the value lives.
final class DemoFolder: Sendable {
    let path: String
    private static let mark = ".imaging-gateway-demo"
    private let lock: Int32

    /// Makes the folder, or empties one that an earlier demonstration made. Any other folder is left alone.
    init(_ path: String) throws(DemoFailure) {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        let files = FileManager.default
        let contents = (try? files.contentsOfDirectory(atPath: absolute)) ?? []
        guard contents.isEmpty || contents.contains(Self.mark) else { throw .folderInUse(path) }
        do {
            try files.createDirectory(
                atPath: absolute, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folderNotWritable(path)
        }
        lock = unsafe open("\(absolute)/\(Self.mark)", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        self.path = absolute
        guard lock >= 0 else { throw .folderNotWritable(path) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw .folderBusy(path) }
        do {
            let leftovers = try files.contentsOfDirectory(atPath: absolute)
            for name in leftovers where name != Self.mark { try files.removeItem(atPath: "\(absolute)/\(name)") }
            try files.createDirectory(atPath: reports, withIntermediateDirectories: true)
        } catch {
            throw .folderNotWritable(path)
        }
    }

    deinit {
        if lock >= 0 { close(lock) }
    }

    /// What `init` makes.
    var installation: String { "\(path)/gateway" }
    var configuration: String { "\(installation)/gateway.yaml" }
    var log: String { "\(path)/gateway.log" }
    /// Heat maps, pages and texts of the reports.
    var reports: String { "\(path)/reports" }

    /// A path as a person would type it from here.
    static func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
