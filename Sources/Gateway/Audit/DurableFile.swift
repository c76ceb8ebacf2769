import Foundation
import Workflow

/// A file that is there whole or as it was before, also after a power cut.
enum DurableFile {
    /// Writes beside, syncs, renames, and syncs the folder. Readable by its owner only unless `mode` says otherwise.
    /// - Throws: `unavailable` `audit.fileWrite`.
    static func write(_ bytes: [UInt8], folder: String, name: String, mode: mode_t = 0o600) throws(AdapterError) {
        let (part, path) = ("\(folder)/.\(name).part", "\(folder)/\(name)")
        let descriptor = unsafe open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw AdapterError(.unavailable, code: "audit.fileWrite") }
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWritten, unsafe rename(part, path) == 0, syncFolder(folder) else {
            throw AdapterError(.unavailable, code: "audit.fileWrite")
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func syncFolder(_ folder: String) -> Bool {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
