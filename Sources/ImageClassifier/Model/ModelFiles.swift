internal import Foundation

// The only file of this target that reads files, and so the only one with Foundation.

/// The files of a model folder, as they were read; nothing is checked yet.
struct ModelFiles: Sendable {
    /// `model.json`.
    var description: [UInt8]?
    /// `weights.safetensors`.
    var weights: [UInt8]?
    /// `LICENSE`.
    var licence: [UInt8]?
    /// `selftest.json`; a folder may have none.
    var selfTest: [UInt8]?
    /// Reads a file beside them by its name, which has no path in it.
    var other: @Sendable (String) -> [UInt8]?

    /// Largest file of each kind, in bytes.
    private static let weightsLimit = 64 << 20
    private static let textLimit = 1 << 20

    /// The files of a folder; what cannot be read is nil, and so is what is no regular file of the folder itself.
    init(folder: String) {
        let read: @Sendable (String, Int) -> [UInt8]? = { Self.read($0, of: folder, limit: $1) }
        description = read("model.json", 64 << 10)
        weights = read("weights.safetensors", Self.weightsLimit)
        licence = read("LICENSE", Self.textLimit)
        selfTest = read("selftest.json", Self.textLimit)
        other = { read($0, Self.textLimit * 16) }
    }

    /// Waits for nobody: a pipe in the place of a file would stop the start for ever. A link may lead to a file of the
    /// folder, as mounted volumes have it, but not out of it.
    private static func read(_ name: String, of folder: String, limit: Int) -> [UInt8]? {
        guard let root = resolved(folder), let path = resolved("\(folder)/\(name)"),
            path.hasPrefix(root.hasSuffix("/") ? root : "\(root)/")
        else { return nil }
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, Int(facts.st_size) <= limit,
            let data = try? handle.read(upToCount: limit + 1) ?? Data(), data.count <= limit
        else { return nil }
        return [UInt8](data)
    }

    /// The path without links; nil where there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// The folder that holds the models shipped with the gateway, each in a folder with its id.
    static var bundledFolder: String { Bundle.module.bundlePath + "/Models" }

    /// The ids of the models that are shipped with the gateway, in ascending order.
    static var bundledIDs: [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: bundledFolder)) ?? []
        return folders.filter { FileManager.default.fileExists(atPath: "\(bundledFolder)/\($0)/model.json") }.sorted()
    }
}
