import Foundation

/// The folder `mappings` that ships with the program.
public enum ShippedMappings {
    /// `share/imaging-gateway/mappings` beside the program's folder, else the nearest `mappings` above the program (a
    /// build in the source tree), else the installed ones of /usr/share, else the one in the current folder; nil where
    /// there is none.
    public static func folder() -> String? {
        var candidates: [String] = []
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var folder = program.deletingLastPathComponent()
        candidates.append(folder.deletingLastPathComponent().path + "/share/imaging-gateway/mappings")
        for _ in 0..<5 {
            candidates.append(folder.path + "/mappings")
            folder = folder.deletingLastPathComponent()
        }
        candidates += ["/usr/share/imaging-gateway/mappings", FileManager.default.currentDirectoryPath + "/mappings"]
        return candidates.first { FileManager.default.fileExists(atPath: "\($0)/routing/default.yaml") }
    }
}
