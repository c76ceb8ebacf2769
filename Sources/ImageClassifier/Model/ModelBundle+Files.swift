internal import Foundation

// The only file of this target that reads files, and so the only one with Foundation.

extension ModelBundle {
    /// The model that is shipped with the gateway. Throws as `init(modelJSON:weights:expectedSHA256:)` does.
    public static func bundled() throws(ClassifierError) -> ModelBundle {
        try ModelBundle(folder: Bundle.module.bundlePath + "/Models/chest-pneumonia-kermany")
    }

    /// The model of a folder with `model.json` and `weights.safetensors`, pinned by the site's configuration.
    public init(folder: String, expectedSHA256: String? = nil) throws(ClassifierError) {
        try self.init(
            modelJSON: try Self.read(folder, "model.json", atMost: 64 << 10),
            weights: try Self.read(folder, "weights.safetensors", atMost: 64 << 20), expectedSHA256: expectedSHA256)
    }

    private static func read(_ folder: String, _ name: String, atMost limit: Int) throws(ClassifierError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: folder + "/" + name),
            let data = try? handle.read(upToCount: limit + 1), data.count <= limit
        else { throw ClassifierError(.modelUnreadable, name) }
        return [UInt8](data)
    }
}
