import Foundation
import Sealing

/// The secret that an EHR sends with its notifications as `Authorization: Bearer …`.
struct SharedSecret: Sendable {
    private let digest: Digest

    /// Reads the secret's file: one line, at least 16 characters, readable by its owner only.
    init(file: String, at path: String) throws(ConfigurationError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file),
            let mode = attributes[.posixPermissions] as? NSNumber,
            let data = FileManager.default.contents(atPath: file), let text = String(bytes: data, encoding: .utf8)
        else { throw ConfigurationError(.fileMissing, at: path, "the secret file cannot be read") }
        guard mode.intValue & 0o077 == 0 else {
            throw ConfigurationError(.unsafe, at: path, "others may read the secret file; run chmod 600 on it")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard secret.utf8.count >= 16 else {
            throw ConfigurationError(.unsafe, at: path, "the secret must have at least 16 characters")
        }
        digest = Digest.sha256(Array("Bearer \(secret)".utf8))
    }

    /// Compares digests, so that the time taken tells nothing about the secret.
    func matches(authorization: String?) -> Bool {
        guard let authorization else { return false }
        return Digest.sha256(Array(authorization.utf8)) == digest
    }
}
