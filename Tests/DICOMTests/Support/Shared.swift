import Foundation

/// The folder of public samples beside the repository; tests that need it say loudly when it is absent.
enum Shared {
    static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"] {
            return URL(fileURLWithPath: named)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../shared").standardizedFileURL
    }()

    static var samples: [URL] {
        let folder = folder.appendingPathComponent("data/dicom-samples")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        if files.isEmpty { print("SKIPPED: no DICOM samples at \(folder.path)") }
        return files.filter { $0.pathExtension == "dcm" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    static var isPresent: Bool { !samples.isEmpty }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent("data/dicom-samples/\(name)")))
    }
}
