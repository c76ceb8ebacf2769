import Foundation
public import Sealing

/// The one file with all keys of an installation, readable by its owner only.
///
/// YAML with the fields of the key ring in base64url; master keys may lie elsewhere. Losing it loses the sealed data;
/// whoever has it, and the master keys, reads them.
public enum KeyFile {
    private static let name = "key file"

    /// Reads the file; refuses one that others may read. The ring follows the file: master and signing keys are read
    /// again when it is exchanged.
    public static func load(path: String) throws(ConfigurationError) -> KeyRing {
        // Taken before reading: what changes meanwhile is read the next time.
        let seen = SecretFile.state(path)
        let content = try Self.content(path: path)
        let installation = content.installation
        let source = RotatingKeySource(state: { SecretFile.state(path) }) {
            let content = try Self.content(path: path)
            guard content.installation == installation else {
                throw ConfigurationError(.invalidValue, at: "keys", "the key file is of another installation now")
            }
            return try located { () throws(ConfigurationError) in try rotating(content, path: path) }
        }
        return try located { () throws(ConfigurationError) in
            try ring(content, path: path, source: source, seen: seen)
        }
    }

    /// Where a new master key is to lie.
    public enum Placement: Sendable, Equatable {
        /// In the key file.
        case keyFile
        /// In a file of its own; made where there is none.
        case file(String)
        /// In a variable that is set already.
        case environment(String)
        /// Sealed for a key of a PKCS#11 token.
        case token(TokenKey)
    }

    /// Makes a new file with new keys; never overwrites one.
    public static func create(path: String, master: Placement = .keyFile) throws(ConfigurationError) -> KeyRing {
        let ring: KeyRing
        do {
            ring = try KeyRing.generate()
        } catch {
            throw ConfigurationError(.invalidValue, at: "keys", "no keys could be made")
        }
        var content = KeyFileContent(ring)
        content.masters = [try located { () throws(ConfigurationError) in try self.master("m1", master, path: path) }]
        try SecretFile.create(Array(content.text.utf8), path: path, called: name)
        return try load(path: path)
    }

    /// A new master key at a place, opened once to see that it can be.
    static func master(
        _ id: String, _ placement: Placement, path: String
    ) throws(ConfigurationError) -> KeyFileContent.Master {
        let folder = folder(of: path)
        let source: MasterSource
        switch placement {
        case .keyFile: source = .key(.random())
        case .environment(let name): source = .environment(name)
        case .file(let file):
            // As the file will be named in the key file: commands and `serve` may run in different folders.
            let file = URL(fileURLWithPath: file).path
            if !FileManager.default.fileExists(atPath: file) {
                let text = Base64URL.encode(Secret.random().exposedBytes) + "\n"
                try SecretFile.create(Array(text.utf8), path: file, called: "file of the master key", owner: path)
            }
            source = .file(file)
        case .token(let key):
            let secret = Secret.random()
            let wrapped = try key.wrap(secret.exposedBytes, at: "pkcs11", folder: folder)
            source = .token(key, wrapped: wrapped)
            guard try source.open(at: "masters", folder: folder) == secret else {
                throw ConfigurationError(.invalidValue, at: "pkcs11", "the token does not give back what it was given")
            }
        }
        _ = try source.open(at: "masters", folder: folder)
        return KeyFileContent.Master(id: id, source: source)
    }

    static func content(path: String) throws(ConfigurationError) -> KeyFileContent {
        guard FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationError(.fileMissing, at: "keys", "no key file; make one with `keys init`")
        }
        let bytes = try SecretFile.read(path, at: "keys", called: name)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(.unreadable, at: "keys", "the key file cannot be read")
        }
        return try located { () throws(ConfigurationError) in try KeyFileContent(parsing: text) }
    }

    static func write(_ content: KeyFileContent, path: String) throws(ConfigurationError) {
        // What could not be read back is not written.
        _ = try located { () throws(ConfigurationError) in
            try ring(KeyFileContent(parsing: content.text), path: path)
        }
        try SecretFile.replace(Array(content.text.utf8), path: path, called: name)
    }

    static func parse(_ text: String) throws(ConfigurationError) -> KeyRing {
        try ring(KeyFileContent(parsing: text), path: "")
    }

    static func render(_ ring: KeyRing) -> String { KeyFileContent(ring).text }

    private static func ring(
        _ content: KeyFileContent, path: String, source: RotatingKeySource? = nil, seen: [Int]? = nil
    ) throws(ConfigurationError) -> KeyRing {
        let rotating = try rotating(content, path: path)
        do {
            return try KeyRing(
                installation: content.installation, rotating: rotating, index: content.index, naming: content.naming,
                pseudonym: content.pseudonym, source: source, seen: seen)
        } catch {
            throw ConfigurationError(.invalidValue, at: "keys", "the key file is damaged")
        }
    }

    private static func rotating(
        _ content: KeyFileContent, path: String
    ) throws(ConfigurationError) -> RotatingKeys {
        var masters: [MasterKey] = []
        for (number, entry) in content.masters.enumerated() {
            let secret = try entry.source.open(at: "masters[\(number)]", folder: folder(of: path))
            do {
                masters.append(try MasterKey(id: entry.id, key: secret))
            } catch {
                throw ConfigurationError(.invalidValue, at: "masters[\(number)]", "not a master key")
            }
        }
        do {
            return try RotatingKeys(masters: masters, signing: content.signing)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "keys", "the key file lacks master or signing keys, or names one twice")
        }
    }

    private static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    /// Errors inside the file name the key of the configuration that leads to it.
    private static func located<Value>(
        _ body: () throws(ConfigurationError) -> Value
    ) throws(ConfigurationError) -> Value {
        do {
            return try body()
        } catch {
            guard !error.path.hasPrefix("keys") else { throw error }
            let place = error.path.isEmpty ? "" : "\(error.path): "
            throw ConfigurationError(error.code, at: "keys", "in the key file: \(place)\(error.explanation)")
        }
    }
}
