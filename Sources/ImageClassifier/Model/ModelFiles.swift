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

    /// The files of a folder; what cannot be read is nil.
    init(folder: String) {
        let read: @Sendable (String, Int) -> [UInt8]? = { name, limit in
            guard let handle = FileHandle(forReadingAtPath: folder + "/" + name) else { return nil }
            defer { try? handle.close() }
            guard let data = try? handle.read(upToCount: limit + 1), data.count <= limit else { return nil }
            return [UInt8](data)
        }
        description = read("model.json", 64 << 10)
        weights = read("weights.safetensors", Self.weightsLimit)
        licence = read("LICENSE", Self.textLimit)
        selfTest = read("selftest.json", Self.textLimit)
        other = { read($0, Self.textLimit * 16) }
    }

    /// The folder that holds the models shipped with the gateway, each in a folder with its id.
    static var bundledFolder: String { Bundle.module.bundlePath + "/Models" }

    /// The ids of the models that are shipped with the gateway, in ascending order.
    static var bundledIDs: [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: bundledFolder)) ?? []
        return folders.filter { FileManager.default.fileExists(atPath: "\(bundledFolder)/\($0)/model.json") }.sorted()
    }
}
