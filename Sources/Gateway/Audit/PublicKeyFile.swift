import Foundation
public import MerkleLog

/// The public key of the audit log, beside the checkpoints, so that anybody who has these can verify the log.
///
/// An auditor who wants to trust nobody keeps a copy elsewhere and passes it to `audit verify --key`.
public enum PublicKeyFile {
    public static let name = "audit-log.vkey"

    /// Writes the key where there is none yet; one of `successors`, which followed by handovers, is left as it is.
    /// Throws `unsafe` when the folder holds another log's key, `unreadable` when it cannot be written.
    static func place(
        _ key: VerifierKey, in folder: String, successors: [VerifierKey] = []
    ) throws(ConfigurationError) {
        let path = "\(folder)/\(name)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            if let present = try read(path) {
                guard present == key || successors.contains(present) else {
                    throw ConfigurationError(
                        .unsafe, at: "checkpoints", "this folder keeps the checkpoints of another audit log")
                }
                return
            }
            try Data("\(key.text)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(.unreadable, at: "checkpoints", "the folder \(folder) cannot be written")
        }
    }

    /// The key in a file, or `nil` where there is none.
    public static func read(_ path: String) throws(ConfigurationError) -> VerifierKey? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try VerifierKey(
                parsing: String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            throw ConfigurationError(.invalidValue, at: "checkpoints", "\(name) is not a public key")
        }
    }
}
