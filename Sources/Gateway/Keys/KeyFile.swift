import Foundation
public import Sealing

/// The one file with all keys of an installation, readable by its owner only.
///
/// YAML with the fields of the key ring in base64url. Losing it loses the sealed data; whoever has it reads them.
public enum KeyFile {
    /// Reads the file; refuses one that others may read.
    public static func load(path: String) throws(ConfigurationError) -> KeyRing {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? NSNumber
        else { throw ConfigurationError(.fileMissing, at: "keys", "no key file; make one with `keys init`") }
        guard mode.intValue & 0o077 == 0 else {
            throw ConfigurationError(.unsafe, at: "keys", "others may read the key file; run chmod 600 on it")
        }
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else { throw ConfigurationError(.unreadable, at: "keys", "the key file cannot be read") }
        do {
            return try parse(text)
        } catch {
            let place = error.path.isEmpty ? "" : "\(error.path): "
            throw ConfigurationError(error.code, at: "keys", "in the key file: \(place)\(error.explanation)")
        }
    }

    /// Makes a new file with new keys; never overwrites one.
    public static func create(path: String) throws(ConfigurationError) -> KeyRing {
        let ring: KeyRing
        do {
            ring = try KeyRing.generate()
        } catch {
            throw ConfigurationError(.invalidValue, at: "keys", "no keys could be made")
        }
        let bytes = Array(render(ring).utf8)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(
                .invalidValue, at: "keys", "the key file exists or cannot be made; it is never overwritten")
        }
        let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        let synced = fsync(descriptor)
        close(descriptor)
        guard written == bytes.count, synced == 0 else {
            throw ConfigurationError(.unreadable, at: "keys", "the key file could not be written completely")
        }
        return ring
    }

    static func parse(_ text: String) throws(ConfigurationError) -> KeyRing {
        let root = try ConfigurationNode(parsing: text)
        try root.allow("installation", "masters", "index", "naming", "pseudonym", "signing")
        var masters: [MasterKey] = []
        for node in try root.list("masters") {
            try node.allow("id", "key")
            do {
                masters.append(
                    try MasterKey(id: try node.required("id").string(), key: try secret(try node.required("key"))))
            } catch let error as ConfigurationError {
                throw error
            } catch {
                throw ConfigurationError(.invalidValue, at: node.path, "not a master key")
            }
        }
        do {
            return try KeyRing(
                installation: try root.required("installation").string(), masters: masters,
                index: try secret(try root.required("index")), naming: try secret(try root.required("naming")),
                pseudonym: try secret(try root.required("pseudonym")),
                signing: try secret(try root.required("signing")))
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(.invalidValue, at: "keys", "the key file is damaged")
        }
    }

    static func render(_ ring: KeyRing) -> String {
        let secrets = ring.exportedSecrets()
        let masters = secrets.masters.map { "  - {id: \($0.id), key: \(Base64URL.encode($0.key.exposedBytes))}" }
        return """
            # Keys of one imaging-gateway installation. Keep a copy in a safe place: without this file the stored data
            # cannot be read, and reports that are sent again would get other names.
            installation: \(secrets.installation)
            masters:
            \(masters.joined(separator: "\n"))
            index: \(Base64URL.encode(secrets.index.exposedBytes))
            naming: \(Base64URL.encode(secrets.naming.exposedBytes))
            pseudonym: \(Base64URL.encode(secrets.pseudonym.exposedBytes))
            signing: \(Base64URL.encode(secrets.signing.exposedBytes))

            """
    }

    private static func secret(_ node: ConfigurationNode) throws(ConfigurationError) -> Secret {
        guard let bytes = Base64URL.decode(try node.string()), let secret = try? Secret(bytes) else {
            throw ConfigurationError(.invalidValue, at: node.path, "expected 32 bytes in base64url")
        }
        return secret
    }
}
