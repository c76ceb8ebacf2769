import Foundation
import MerkleLog

/// A folder outside the data folder that keeps signed checkpoints, one file per size.
struct CheckpointFolder: Sendable {
    static let fileExtension = "checkpoint"
    let path: String

    /// Writes one checkpoint: complete and synced under another name first, then renamed.
    func write(_ note: [UInt8], size: UInt64) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let name = "\(path)/\(fileName(size))"
        let temporary = "\(name).\(ProcessInfo.processInfo.processIdentifier).tmp"
        let handle = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard handle >= 0 else { throw CheckpointError.notWritten }
        let written = unsafe note.withUnsafeBytes { unsafe Foundation.write(handle, $0.baseAddress, $0.count) }
        let synced = fsync(handle)
        close(handle)
        guard written == note.count, synced == 0, rename(temporary, name) == 0 else {
            unlink(temporary)
            throw CheckpointError.notWritten
        }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// The size of the newest checkpoint here; 0 where there is none.
    func newestSize() -> UInt64 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap(size(of:)).max() ?? 0
    }

    /// All checkpoints here, oldest first.
    func notes() -> [(name: String, bytes: [UInt8])] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { size(of: $0) != nil }.sorted().compactMap { name in
            FileManager.default.contents(atPath: "\(path)/\(name)").map { (name, Array($0)) }
        }
    }

    private func fileName(_ size: UInt64) -> String {
        let digits = String(size)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".\(Self.fileExtension)"
    }

    private func size(of name: String) -> UInt64? {
        guard name.hasSuffix(".\(Self.fileExtension)") else { return nil }
        return UInt64(name.dropLast(Self.fileExtension.count + 1))
    }
}

enum CheckpointError: Error {
    case notWritten
    /// A checkpoint outside is larger than the log: the log was rolled back.
    case rolledBack
}
