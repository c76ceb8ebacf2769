import Foundation
public import MerkleLog
import Sealing

/// The file with a witness's signing key: one line of base64url, readable by its owner only.
public enum WitnessKeyFile {
    /// Makes a new key; never overwrites one.
    /// - Throws: `ConfigurationError` where the name cannot stand in a note, or the file exists or cannot be made.
    public static func create(path: String, name: String) throws(ConfigurationError) -> WitnessSigningKey {
        let seed = Secret.random()
        let key = try signingKey(name, seed)
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationError(.invalidValue, at: "key", "the key file exists; it is never overwritten")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try DurableFile.write(
                Array("\(Base64URL.encode(seed.exposedBytes))\n".utf8), folder: folder,
                name: URL(fileURLWithPath: path).lastPathComponent)
        } catch {
            throw ConfigurationError(.unreadable, at: "key", "the key file cannot be written")
        }
        return key
    }

    /// Reads the key; refuses a file that others may read.
    public static func load(path: String, name: String) throws(ConfigurationError) -> WitnessSigningKey {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? NSNumber,
            let data = FileManager.default.contents(atPath: path)
        else { throw ConfigurationError(.fileMissing, at: "key", "no key file; make one with `witness init`") }
        guard mode.intValue & 0o077 == 0 else {
            throw ConfigurationError(.unsafe, at: "key", "others may read the key file; run chmod 600 on it")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Base64URL.decode(text), let seed = try? Secret(bytes) else {
            throw ConfigurationError(.invalidValue, at: "key", "the key file is damaged")
        }
        return try signingKey(name, seed)
    }

    private static func signingKey(_ name: String, _ seed: Secret) throws(ConfigurationError) -> WitnessSigningKey {
        do { return try WitnessSigningKey(name: name, seed: seed.exposedBytes) } catch {
            throw ConfigurationError(
                .invalidValue, at: "name", "expected a name without blanks and +, such as witness.example/w1")
        }
    }
}
