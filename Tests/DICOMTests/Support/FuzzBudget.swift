import Foundation

/// How many inputs a fuzz test takes: `IMAGING_GATEWAY_FUZZ=long` means five million, a number so many.
enum FuzzBudget {
    static func inputs(ordinary: Int) -> Int {
        guard let text = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] else { return ordinary }
        return text == "long" ? 5_000_000 : Int(text) ?? ordinary
    }
}

/// Inputs that once failed, as files beside the tests: each is replayed in every run.
enum FailCases {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Encoding/FailCases")

    /// Keeps an input (they are all invented here or mutations of public samples); answers the name of its file.
    static func keep(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let name = String(hash, radix: 16) + ".dcm"
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? Data(bytes).write(to: folder.appendingPathComponent(name))
        return name
    }

    static func all() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "dcm" }.sorted { $0.path < $1.path }
            .map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
    }
}
