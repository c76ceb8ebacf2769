import Foundation
import Testing

@testable import HL7v2

/// Where the vectors lie, and small ways to write messages.
enum Vectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors")

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    /// `../shared`, or nil where this machine does not have it.
    static var sharedFolder: URL? {
        let package = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let configured = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(filePath: $0) }
        let url = configured ?? package.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    static var hl7Samples: [URL] {
        guard let folder = sharedFolder?.appending(path: "data/hl7-samples"),
            let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else { return [] }
        return found.compactMap { $0 as? URL }.filter { $0.pathExtension == "hl7" }.sorted { $0.path < $1.path }
    }
}

/// A message from its segments.
func segments(_ lines: String...) -> [UInt8] { Array(lines.map { $0 + "\r" }.joined().utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// SplitMix64: the same inputs for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
