import Foundation

/// The package's files as the tests see them; the root is found from this file's own place.
struct SourceTree {
    struct File {
        /// The folder under `Sources`.
        let target: String
        /// From the package's root.
        let path: String
        let text: String
        let code: SwiftCode

        var name: String { String(path.split(separator: "/").last ?? "") }
        var lineCount: Int { text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 }
    }

    /// Read once for all tests.
    static let shared = Result { try SourceTree() }

    let root: URL
    let targets: [String]
    let files: [File]

    init() throws {
        root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let sources = root.appending(path: "Sources")
        targets = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }
            .sorted()
        var files: [File] = []
        for target in targets {
            let folder = sources.appending(path: target)
            let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            for path in paths.sorted() where path.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                files.append(File(target: target, path: "Sources/\(target)/\(path)", text: text, code: SwiftCode(text)))
            }
        }
        self.files = files
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
