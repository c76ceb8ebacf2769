import Foundation
import Sealing

/// Where a master key lies.
enum MasterSource: Sendable, Equatable {
    /// In the key file itself.
    case key(Secret)
    /// In a file of its own, 32 bytes in base64url.
    case file(String)
    /// In a variable of the program's environment, likewise.
    case environment(String)
    /// In the key file, sealed for an RSA key that lies in a PKCS#11 token and opens it there.
    case token(TokenKey, wrapped: [UInt8])

    /// For people; no secret.
    var words: String {
        switch self {
        case .key: "key file"
        case .file(let path): "file \(path)"
        case .environment(let name): "environment \(name)"
        case .token(let key, _): "token \(key.uri)"
        }
    }

    /// The key material.
    /// - Parameter folder: where relative paths begin: the key file's.
    func open(at place: String, folder: String) throws(ConfigurationError) -> Secret {
        switch self {
        case .key(let secret): return secret
        case .file(let path):
            let bytes = try SecretFile.read(
                resolved(path, in: folder), at: "\(place).file", called: "file of the master key")
            return try Self.secret(SecretFile.secretText(bytes), at: "\(place).file")
        case .environment(let name):
            guard let text = ProcessInfo.processInfo.environment[name] else {
                throw ConfigurationError(.missingKey, at: "\(place).environment", "\(name) is not set")
            }
            return try Self.secret(text, at: "\(place).environment")
        case .token(let key, let wrapped):
            let bytes = try key.unwrap(wrapped, at: "\(place).pkcs11", folder: folder)
            guard let secret = try? Secret(bytes) else {
                throw ConfigurationError(.invalidValue, at: "\(place).wrapped", "the token holds no master key in it")
            }
            return secret
        }
    }

    static func secret(_ text: String, at place: String) throws(ConfigurationError) -> Secret {
        guard let bytes = Base64URL.decode(text), let secret = try? Secret(bytes) else {
            throw ConfigurationError(.invalidValue, at: place, "expected 32 bytes in base64url")
        }
        return secret
    }
}

/// An absolute path, or one that begins in a folder.
func resolved(_ path: String, in folder: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
