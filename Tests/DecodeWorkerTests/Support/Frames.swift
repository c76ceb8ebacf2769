import DICOM
import Foundation

/// Frames for a worker, and where the built program is.
enum Frames {
    /// The program that starts itself as a child; tests that need it say loudly when it is not built.
    static let program: String? = {
        let named = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_BINARY"]
        let built = root.appendingPathComponent(".build/debug/imaging-gateway").path
        let path = named ?? built
        if !FileManager.default.isExecutableFile(atPath: path) { print("SKIPPED: no program at \(path)") }
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardizedFileURL

    static let samples: [URL] = {
        let named = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"]
        let shared = named.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("../shared")
        let folder = shared.appendingPathComponent("data/dicom-samples")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        if files.isEmpty { print("SKIPPED: no DICOM samples at \(folder.path)") }
        return files.filter { $0.pathExtension == "dcm" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
    }()

    static func sample(_ name: String) throws -> EncodedFrame {
        guard let file = samples.first(where: { $0.lastPathComponent == name }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return try Instance(parsing: [UInt8](try Data(contentsOf: file))).encodedFrame()
    }

    /// An RLE frame (PS3.5 §G) of one grey value, `columns` wide.
    static func rle(columns: Int, value: UInt8 = 7) -> EncodedFrame {
        var stream: [UInt8] = [1, 0, 0, 0, 64, 0, 0, 0] + [UInt8](repeating: 0, count: 56)
        for _ in 0..<4 { stream += [UInt8(truncatingIfNeeded: 257 - columns), value] }
        return EncodedFrame(
            transferSyntax: .rleLossless, rows: 4, columns: columns, bitsAllocated: 8, bitsStored: 8, highBit: 7,
            photometricInterpretation: "MONOCHROME2", fragments: [stream])
    }
}

/// SplitMix64: mutations that a printed seed repeats.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
